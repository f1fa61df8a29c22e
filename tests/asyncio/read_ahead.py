# What comes behind a line may be read with it, and everybody who asks for it gets it: the next line, another kind of read,
# a look without taking, poll objects, whoever waits for the stream by hand.
import asyncio
import select
import socket
from asyncio import core


def pair():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(1)
    one = socket.socket()
    one.connect(server.getsockname())
    other, _ = server.accept()
    server.close()
    one.setblocking(False)
    return one, other


async def can_read(s):
    yield core._io_queue.queue_read(s)


async def main():
    one, other = pair()
    stream = asyncio.StreamReader(one)
    poller = select.poll()
    poller.register(one, select.POLLIN)
    other.send(b"first\nsecond\nthird\n12345678rest\n")
    print(await stream.readline())
    print(poller.poll(0) == [(one, select.POLLIN)], len(select.select([one], [], [], 0)[0]))
    await asyncio.wait_for(can_read(one), 1)
    print(one.recv(3, socket.MSG_PEEK), one.recv(3), one.recv(0))
    print(await stream.readline())
    print(one.readline())
    buffer = bytearray(4)
    print(await stream.readinto(buffer), buffer, await stream.readexactly(4))
    print(await stream.read(2), one.read(), one.read())
    print(poller.poll(0))

    # Lines that come in pieces, long ones, and the end without one.
    long = b"x" * 10000 + b"\n"
    other.send(b"ha")
    reading = asyncio.create_task(stream.readline())
    await asyncio.sleep(0.01)
    other.send(b"lf\n" + long + b"short\nno end")
    print(await reading, await stream.readline() == long, await stream.readline())
    other.close()
    print(await stream.readline(), await stream.readline(), poller.poll(0) != [])
    one.close()
    try:
        one.readline()
    except OSError as error:
        print(error)


asyncio.run(main())
