# Objects as event sources: ioctl in Python, rings, flags; the queue itself, as libraries use it.
import asyncio
import io
import micropython


class Source(io.IOBase):
    def __init__(self):
        self.data = b""
        self.room = 4
        self.sent = b""

    def ioctl(self, request, argument):
        if request != 3:
            return -1
        ready = 0
        if self.data:
            ready |= argument & 1
        if self.room:
            ready |= argument & 4
        return ready

    def read(self, count=-1):
        data, self.data = self.data, b""
        return data or None

    def readline(self):
        return self.read()

    def write(self, data):
        count = min(self.room, len(data))
        self.sent += bytes(data[:count])
        self.room = 0
        return count or None


async def feed(source):
    for piece in (b"first", b" half", b" line\n"):
        await asyncio.sleep_ms(3)
        source.data = piece
        await asyncio.sleep_ms(3)
        source.room = 7


async def wait_for(thing):
    yield asyncio.core._io_queue.queue_read(thing)
    print("ready", type(thing).__name__)


async def main():
    source = Source()
    stream = asyncio.StreamWriter(source)
    feeding = asyncio.create_task(feed(source))
    stream.write(b"abcdefgh")
    stream.write(b"ijkl")
    print(stream.out_buf)

    async def drain():
        await stream.drain()
        print("drained", source.sent)

    draining = asyncio.create_task(drain())
    print(await stream.readline())
    await feeding
    source.room = 9
    await draining
    ring = micropython.RingIO(8)
    tasks = [asyncio.create_task(wait_for(ring)), asyncio.create_task(wait_for(asyncio.ThreadSafeFlag()))]
    await asyncio.sleep_ms(2)
    print(len(asyncio.core._io_queue.map), type(asyncio.core._io_queue).__name__)
    micropython.schedule(ring.write, b"x")
    await tasks[0]
    tasks[1].cancel()
    try:
        await tasks[1]
    except asyncio.CancelledError:
        print("cancelled", len(asyncio.core._io_queue.map))
    try:
        asyncio.core._io_queue.queue_read(5.5)
    except OSError as error:
        print("OSError", error)


asyncio.run(main())
