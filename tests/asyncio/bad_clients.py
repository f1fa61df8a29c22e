# Clients that do not behave, and a server that goes on: whatever happens reaches somebody, and nothing stays behind.
import asyncio
import gc
import socket
import struct


def port_of(server):
    return socket.sockaddr(server.sockets[0].getsockname())[2]


# The lowest number that is free: it grows if a descriptor leaks.
def lowest_free():
    gc.collect()
    probe = socket.socket()
    number = probe.fileno()
    probe.close()
    return number


def reset(writer):
    s = writer.get_extra_info("socket")
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


class Tally:
    def __init__(self):
        self.counts = {}

    def add(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def show(self, name):
        print(name, sorted(self.counts.items()))


async def until(condition, seconds=60):
    for _ in range(int(seconds * 500)):
        if condition():
            return True
        await asyncio.sleep(0.002)
    return False


async def manners():
    tally = Tally()
    open_now = [0]
    patience = [60]

    async def serve(reader, writer):
        open_now[0] += 1
        try:
            while True:
                line = await asyncio.wait_for(reader.readline(), patience[0])
                if not line:
                    tally.add("said goodbye")
                    break
                if not line.endswith(b"\n"):
                    tally.add("half a line")
                    break
                writer.write(line)
                await writer.drain()
                tally.add("answered")
        except asyncio.TimeoutError:
            tally.add("silent")
        except OSError as error:
            tally.add("error %d" % error.errno)
        finally:
            open_now[0] -= 1
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=64)
    port = port_of(server)

    async def client(manner):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if manner == "polite":
            writer.write(b"hello\n")
            await writer.drain()
            assert await reader.readline() == b"hello\n"
        elif manner == "half":
            writer.write(b"hel")
            await writer.drain()
        elif manner == "silent":
            assert await reader.read(1) == b""
        elif manner == "resets":
            writer.write(b"hello\n")
            await writer.drain()
            await reader.readline()
            reset(writer)
            return
        elif manner == "garbage":
            writer.write(bytes(range(256)) * 100 + b"\n")
            await writer.drain()
            got = 0
            while got < 25601:
                got += len(await reader.read(4096))
        writer.close()
        await writer.wait_closed()

    before = lowest_free()
    for manner in ("polite", "half", "silent", "resets", "garbage"):
        tally.counts.clear()
        patience[0] = 0.05 if manner == "silent" else 60
        await asyncio.gather(*(client(manner) for _ in range(20)))
        await until(lambda: open_now[0] == 0)
        if manner == "garbage":
            # One hundred and one lines, however many pieces they came in.
            print(manner, tally.counts.pop("answered") == 20 * 101, tally.counts)
        else:
            tally.show(manner)
    # One more: with many sockets waiting the system keeps a list of them.
    print("leaks nothing:", lowest_free() <= before + 1)
    server.close()
    await server.wait_closed()


# A handler that fails ends nobody else; what it failed of is told.
async def failing_handlers():
    told = []
    loop = asyncio.get_event_loop()
    loop.set_exception_handler(lambda loop, context: told.append(type(context["exception"]).__name__))

    async def serve(reader, writer):
        try:
            line = await reader.readline()
            writer.write(b"%d\n" % (100 // int(line)))
            await writer.drain()
        finally:
            writer.close()
            await writer.wait_closed()

    def not_even_a_coroutine(reader, writer):
        raise KeyError("no")

    async def ask(port, text):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(text)
        await writer.drain()
        try:
            return await reader.readline()
        except OSError:
            return b"reset"
        finally:
            writer.close()
            await writer.wait_closed()

    before = lowest_free()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = port_of(server)
        for text in (b"5\n", b"0\n", b"x\n", b"4\n"):
            print(text, await ask(port, text))
    async with await asyncio.start_server(not_even_a_coroutine, "127.0.0.1", 0) as server:
        print(await ask(port_of(server), b"1\n") in (b"", b"reset"))
    print(told)
    print("leaks nothing:", lowest_free() == before)
    loop.set_exception_handler(None)


# Nobody accepts: whoever does not get through can give up, and leaves nothing behind.
async def full_queue():
    deaf = socket.socket()
    deaf.bind(("127.0.0.1", 0))
    deaf.listen(0)
    port = socket.sockaddr(deaf.getsockname())[2]
    before = lowest_free()
    kept = []

    async def attempt():
        try:
            kept.append(await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 0.05))
            return "connected"
        except asyncio.TimeoutError:
            return "gave up"

    results = await asyncio.gather(*(attempt() for _ in range(8)))
    print("gave up" in results, set(results) <= {"connected", "gave up"})
    for _, writer in kept:
        writer.close()
        await writer.wait_closed()
    kept.clear()
    print("leaks nothing:", lowest_free() == before)
    deaf.close()
    try:
        await asyncio.open_connection("127.0.0.1", port)
    except OSError as error:
        print("refused", error.errno == 111)
    print("leaks nothing:", lowest_free() <= before)


# A server that is closed while clients come: those who are there are served to the end, others are refused.
async def closed_under_load():
    async def serve(reader, writer):
        while await reader.readline():
            writer.write(b"still here\n")
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    before = lowest_free()
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=64)
    port = port_of(server)
    outcomes = Tally()

    async def client():
        served = False
        try:
            while True:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                try:
                    writer.write(b"?\n")
                    await writer.drain()
                    served = await reader.readline() == b"still here\n"
                    await asyncio.sleep(0)
                finally:
                    writer.close()
                    await writer.wait_closed()
        except OSError as error:
            # Reset: it stood in the queue of the server that was closed.
            outcomes.add("refused" if error.errno in (104, 111) else repr(error))

    staying_reader, staying = await asyncio.open_connection("127.0.0.1", port)
    clients = [asyncio.create_task(client()) for _ in range(30)]
    await asyncio.sleep(0.05)
    server.close()
    await server.wait_closed()
    await asyncio.gather(*clients)
    outcomes.show("clients")
    staying.write(b"?\n")
    await staying.drain()
    print(await staying_reader.readline(), server.is_serving())
    staying.close()
    await staying.wait_closed()
    await asyncio.sleep(0.02)
    print("leaks nothing:", lowest_free() == before)


for scene in (manners, failing_handlers, full_queue, closed_under_load):
    print(scene.__name__)
    asyncio.run(scene())
