# What libraries reach into `_io_queue` for, and streams whose readers and writers come and go one without the other.
import asyncio
import io
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
    other.setblocking(False)
    return one, other


async def wait_read(s, name):
    try:
        yield core._io_queue.queue_read(s)
        print(name, "can read")
    except asyncio.CancelledError:
        print(name, "cancelled")


async def wait_write(s, name):
    try:
        yield core._io_queue.queue_write(s)
        print(name, "can write")
    except asyncio.CancelledError:
        print(name, "cancelled")


def fill(s):
    # What the system moves on to the other end makes room again.
    poller = select.poll()
    poller.register(s, select.POLLOUT)
    while poller.poll(50):
        try:
            while True:
                s.send(bytes(65536))
        except OSError:
            pass


def registered():
    poller = core._io_queue.poller
    return len(core._io_queue.map), isinstance(poller, type(select.poll())), len(poller.poll(0))


async def both_ways():
    one, other = pair()
    fill(one)
    reader = asyncio.create_task(wait_read(one, "reader"))
    writer = asyncio.create_task(wait_write(one, "writer"))
    await asyncio.sleep(0)
    (entry,) = core._io_queue.map.values()
    print(entry[0] is reader, entry[1] is writer, entry[2] is one, registered())

    # Second ones are refused, and those who wait are as they were.
    for second in (wait_read(one, "second"), wait_write(one, "second")):
        try:
            await second
        except RuntimeError as error:
            print(error)
    (entry,) = core._io_queue.map.values()
    print(entry[0] is reader, entry[1] is writer)

    writer.cancel()
    await asyncio.sleep(0)
    (entry,) = core._io_queue.map.values()
    print(entry[0] is reader, entry[1] is None)
    other.send(b"x")
    await asyncio.sleep(0.01)
    print(core._io_queue.map)

    one.close()
    other.close()

    one, other = pair()
    reader = asyncio.create_task(wait_read(one, "reader"))
    await asyncio.sleep(0)
    writer = asyncio.create_task(wait_write(one, "writer"))
    await asyncio.sleep(0.01)
    print(reader.done(), writer.done())
    reader.cancel()
    await asyncio.sleep(0)

    # Whoever waits for a socket that is closed hears of it.
    waiting = asyncio.create_task(wait_read(one, "reader of what is closed"))
    await asyncio.sleep(0)
    one.close()
    await asyncio.sleep(0.01)
    print(waiting.done(), core._io_queue.map)
    other.close()


async def by_hand():
    one, other = pair()
    waiting = asyncio.create_task(wait_read(one, "by hand"))
    await asyncio.sleep(0)
    core._io_queue.wait_io_event(0)
    print(len(core._io_queue.map))
    core._io_queue.wait_io_event(5)
    print(len(core._io_queue.map))
    other.send(b"x")
    core._io_queue.wait_io_event(-1)
    print(core._io_queue.map)
    await waiting
    one.close()
    other.close()


class Source(io.IOBase):
    asked = 0
    ready = False

    def ioctl(self, request, argument):
        if request != 3:
            return -1
        self.asked += 1
        return argument if self.ready else 0


async def objects():
    source = Source()
    waiting = asyncio.create_task(wait_read(source, "object"))
    await asyncio.sleep(0)
    for _ in range(2000):
        await asyncio.sleep(0)
    # It is not asked at every turn.
    print(0 < source.asked < 1000)
    source.ready = True
    await waiting
    source.ready = False
    asked = source.asked
    await asyncio.sleep(0.02)
    print(source.asked == asked, core._io_queue.map)

    waiting = asyncio.create_task(wait_write(source, "object"))
    await asyncio.sleep(0)
    source.ready = True
    core._io_queue.wait_io_event(-1)
    await waiting


asyncio.run(both_ways())
asyncio.run(by_hand())
asyncio.run(objects())
