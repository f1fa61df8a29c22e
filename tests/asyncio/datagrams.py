# Datagram endpoints, with what CPython makes of the same script.
# cpython
import asyncio


class Protocol:
    def __init__(self, name, answer=False):
        self.name = name
        self.answer = answer
        self.got = asyncio.Queue()
        self.lost = asyncio.Event()

    def connection_made(self, transport):
        self.transport = transport
        print(self.name, "made", transport.is_closing())

    def datagram_received(self, data, addr):
        print(self.name, "received", data, addr[0], len(addr))
        self.got.put_nowait(data)
        if self.answer:
            self.transport.sendto(b"re: " + data, addr)

    def error_received(self, exc):
        print(self.name, "error", isinstance(exc, OSError))
        self.got.put_nowait(exc)

    def connection_lost(self, exc):
        print(self.name, "lost", exc)
        self.lost.set()


class Silent(asyncio.DatagramProtocol):
    pass


async def exchange(loop):
    server, protocol = await loop.create_datagram_endpoint(
        lambda: Protocol("server", True), local_addr=("127.0.0.1", 0)
    )
    print(protocol is server.get_protocol())
    name = server.get_extra_info("sockname")
    print(type(name).__name__, name[0], name[1] > 0, server.get_extra_info("peername"))
    print(server.get_extra_info("nothing", 7), server.get_extra_info("socket") is not None)

    connected, client = await loop.create_datagram_endpoint(
        lambda: Protocol("client"), remote_addr=name
    )
    print(connected.get_extra_info("peername") == name)
    for given in ((b"one",), (bytearray(b"two"), name), (memoryview(b"three"), None)):
        connected.sendto(*given)
        print(await client.got.get())

    try:
        connected.sendto(b"x", ("127.0.0.1", 1))
    except ValueError as error:
        print(error.args[0].startswith("Invalid address: must be None or ('127.0.0.1', "))
    try:
        connected.sendto("text")
    except TypeError as error:
        print(error)
    connected.sendto(b"")
    print(connected.get_write_buffer_size())

    connected.close()
    print(connected.is_closing(), client.lost.is_set())
    connected.close()
    await client.lost.wait()
    connected.sendto(b"too late")

    # Nobody is there: the system says so when the next one is sent or received.
    server.close()
    await protocol.lost.wait()
    lonely, client = await loop.create_datagram_endpoint(
        lambda: Protocol("lonely"), remote_addr=name
    )
    lonely.sendto(b"anybody?")
    print((await client.got.get()).errno == 111)
    lonely.abort()
    await client.lost.wait()


async def unconnected(loop):
    first, one = await loop.create_datagram_endpoint(
        lambda: Protocol("first"), local_addr=("127.0.0.1", 0)
    )
    second, two = await loop.create_datagram_endpoint(
        lambda: Protocol("second"), local_addr=("127.0.0.1", 0), allow_broadcast=True
    )
    second.sendto(b"to the first", first.get_extra_info("sockname"))
    print(await one.got.get())
    third = Silent()
    second.set_protocol(third)
    first.sendto(b"nobody looks", second.get_extra_info("sockname"))
    await asyncio.sleep(0.01)
    first.close()
    second.close()
    await one.lost.wait()


async def many(loop):
    class Counter(asyncio.DatagramProtocol):
        count = 0

        def datagram_received(self, data, addr):
            self.count += 1

    here, counter = await loop.create_datagram_endpoint(Counter, local_addr=("127.0.0.1", 0))
    there, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=here.get_extra_info("sockname")
    )
    for _ in range(100):
        there.sendto(b"x" * 100)
    while counter.count < 100:
        await asyncio.sleep(0.001)
    print("all have come")
    there.close()
    here.close()
    await asyncio.sleep(0.01)


class Failing(asyncio.DatagramProtocol):
    def datagram_received(self, data, addr):
        raise ValueError(data)


async def failing(loop):
    told = asyncio.Queue()
    loop.set_exception_handler(lambda loop, context: told.put_nowait(context["exception"]))
    here, _ = await loop.create_datagram_endpoint(Failing, local_addr=("127.0.0.1", 0))
    name = here.get_extra_info("sockname")
    for data in (b"1", b"2"):
        here.sendto(data, name)
        error = await told.get()
        print(type(error).__name__, error)
    here.close()
    loop.set_exception_handler(None)
    await asyncio.sleep(0)


async def refused(loop):
    for arguments in (
        {},
        {"local_addr": "text"},
        {"local_addr": ("127.0.0.1", 0, 0)},
    ):
        try:
            await loop.create_datagram_endpoint(Silent, **arguments)
        except (ValueError, TypeError) as error:
            print(type(error).__name__, error)
    here, _ = await loop.create_datagram_endpoint(Silent, local_addr=("127.0.0.1", 0))
    try:
        await loop.create_datagram_endpoint(Silent, local_addr=here.get_extra_info("sockname"))
    except OSError as error:
        print("in use", error.errno == 98)
    here.close()


async def main():
    loop = asyncio.get_event_loop()
    await exchange(loop)
    await unconnected(loop)
    await many(loop)
    await failing(loop)
    await refused(loop)


asyncio.run(main())
