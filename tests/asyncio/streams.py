# Streams over TCP: what a server and its clients see, cancelled readers, second waiters, half a line, a reset.
import asyncio
import errno
import socket
import struct


async def echo(reader, writer):
    while True:
        line = await reader.readline()
        if not line:
            break
        writer.write(line)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


def port_of(server):
    return socket.sockaddr(server.sockets[0].getsockname())[2]


async def many(port, count):
    async def one(number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for turn in range(3):
            text = b"client %d turn %d\n" % (number, turn)
            writer.write(text)
            await writer.drain()
            assert await reader.readline() == text
        writer.close()
        await writer.wait_closed()
        return number

    results = await asyncio.gather(*(one(number) for number in range(count)))
    print(sum(results))


async def parts(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    print(reader is writer, reader.out_buf, reader.e["peername"] == reader.get_extra_info("peername"))
    try:
        reader.get_extra_info("nothing")
    except KeyError as error:
        print("KeyError", error)
    writer.write(b"0123456789\nabc")
    await writer.drain()
    print(await reader.readexactly(4), await reader.read(3))
    buffer = bytearray(8)
    print(await reader.readinto(buffer), buffer)
    # One who waits to read is cancelled; another one's write is not.
    waiting = asyncio.create_task(reader.read(1))
    await asyncio.sleep(0)
    try:
        await reader.read(1)
    except RuntimeError as error:
        print("RuntimeError", error)
    big = bytes(2_000_000) + b"\n"
    writer.write(big)
    writing = asyncio.create_task(writer.drain())
    await asyncio.sleep(0)
    waiting.cancel()
    try:
        await waiting
    except asyncio.CancelledError:
        print("cancelled")
    answer = await reader.readexactly(3 + len(big))
    print(answer == b"abc" + big)
    await writing
    print(writer.out_buf)
    try:
        await asyncio.wait_for_ms(reader.read(1), 10)
    except asyncio.TimeoutError:
        print("timeout")
    reader.s.shutdown(1)
    print(await reader.read(), await reader.readline())
    try:
        await reader.readexactly(1)
    except EOFError:
        print("EOFError")
    await reader.aclose()
    try:
        await reader.read(1)
    except OSError as error:
        print(error.errno == errno.EBADF)


async def bad_clients(port):
    silent = socket.socket()
    silent.connect(("127.0.0.1", port))
    half = socket.socket()
    half.connect(("127.0.0.1", port))
    half.send(b"half a line")
    half.close()
    reset = socket.socket()
    reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    reset.connect(("127.0.0.1", port))
    reset.send(b"reset")
    await asyncio.sleep_ms(5)
    reset.close()
    await asyncio.sleep_ms(5)
    silent.close()
    await asyncio.sleep_ms(5)


class Failing:
    def __init__(self):
        self.told = []

    def __call__(self, loop, context):
        error = context["exception"]
        self.told.append(errno.errorcode[error.errno] if isinstance(error, OSError) else error)


async def main():
    failing = Failing()
    loop = asyncio.get_event_loop()
    loop.set_exception_handler(failing)
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=100)
    port = port_of(server)
    await many(port, 100)
    await parts(port)
    await bad_clients(port)
    print(failing.told)
    failing.told.clear()
    server.close()
    await server.wait_closed()
    try:
        await asyncio.open_connection("127.0.0.1", port)
    except OSError as error:
        print(errno.errorcode[error.errno])

    # A callback that fails, one that is no coroutine, and a server that is cancelled.
    def broken(reader, writer):
        if failing.told:
            print("plain function")
            reader.s.close()
        else:
            raise ValueError("broken")

    async with await asyncio.start_server(broken, "127.0.0.1", 0) as server:
        for _ in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
            print(await reader.read())
            await writer.wait_closed()
        print(failing.told)
        serving = asyncio.create_task(server.serve_forever())
        await asyncio.sleep(0)
        print(server.is_serving())
        serving.cancel()
        try:
            await serving
        except asyncio.CancelledError:
            print("no longer", server.is_serving())
    # Every socket was closed: nobody waits for one any more.
    print(len(asyncio.core._io_queue.map))


asyncio.run(main())
