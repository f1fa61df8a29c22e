# Names are looked up while others have their turns. "127.1" is no name and no plain address either: the system knows it
# without asking a network.
# stress: 20
import asyncio
import socket

PLAIN = socket.getaddrinfo("127.0.0.1", 80)
STREAM = socket.getaddrinfo("127.0.0.1", 80, 0, socket.SOCK_STREAM)


def check(what, is_so):
    print(what, "yes" if is_so else "NO")


async def echo(reader, writer):
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def ticks(count):
    while True:
        count[0] += 1
        await asyncio.sleep(0)


async def failing(host):
    try:
        await asyncio.open_connection(host, 1)
    except OSError as error:
        return error.args[0]


async def main():
    loop = asyncio.get_event_loop()
    check("a number", await loop.getaddrinfo("127.0.0.1", 80) == PLAIN)
    check("one kind", await loop.getaddrinfo("127.0.0.1", "80", type=socket.SOCK_STREAM) == STREAM)

    count = [0]
    ticking = asyncio.create_task(ticks(count))
    # An answer may be there before the question is put down; not every time.
    for _ in range(100):
        assert await loop.getaddrinfo("127.1", 80) == PLAIN
    check("others ran", count[0] > 0)
    before = count[0]
    check("asked in the way of the socket", socket.getaddrinfo("127.1", 80) == PLAIN)
    check("nobody else ran", count[0] == before)
    check("of a family that it has not", await failing6(loop) == "[addrinfo error -2]")
    ticking.cancel()

    many = await asyncio.gather(*(loop.getaddrinfo("127.1", port) for port in range(50)))
    ports = [socket.sockaddr(found[0][4])[2] for found in many]
    check("many at once", ports == list(range(50)))

    given_up = [asyncio.create_task(loop.getaddrinfo("127.1", 80)) for _ in range(50)]
    await asyncio.sleep(0)
    for task in given_up:
        task.cancel()
    results = await asyncio.gather(*given_up, return_exceptions=True)
    # Some may have their answer already.
    check("given up", all(isinstance(result, (asyncio.CancelledError, list)) for result in results))

    server = await asyncio.start_server(echo, "127.1", 0)
    _, host, port = socket.sockaddr(server.sockets[0].getsockname())[:3]
    check("a server's name", host == b"\x7f\x00\x00\x01")
    reader, writer = await asyncio.open_connection("127.1", port)
    writer.write(b"hello\n")
    await writer.drain()
    print(await reader.readline())
    writer.close()
    await writer.wait_closed()

    for target in (("127.1", port), socket.getaddrinfo("127.1", port)[0][4]):
        plain = socket.socket()
        plain.connect(target)
        plain.close()
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.1", 0))
    own = socket.sockaddr(datagrams.getsockname())[2]
    print(datagrams.sendto(b"to itself", ("127.1", own)), datagrams.recv(20))
    datagrams.close()
    server.close()
    await server.wait_closed()


async def failing6(loop):
    try:
        await loop.getaddrinfo("127.1", 80, family=socket.AF_INET6)
    except OSError as error:
        return error.args[0]


asyncio.run(main())
for bad in (("127.0.0.1", "http"), (1, 80), ("127.0.0.1", None)):
    try:
        print(socket.getaddrinfo(*bad))
    except (OSError, TypeError) as error:
        print(type(error).__name__)
