# Streams over objects of the program, and threads.

import asyncio
import io


class Pipe(io.IOBase):
    def __init__(self):
        self.inside = b''
        self.closed = False

    def ioctl(self, request, argument):
        if request == 3:
            return argument & (4 | (1 if self.inside or self.closed else 0))
        return 0

    def close(self):
        self.closed = True

    def read(self, size=-1):
        size = len(self.inside) if size < 0 else size
        taken, self.inside = self.inside[:size], self.inside[size:]
        return taken

    def readline(self):
        end = self.inside.find(b'\n') + 1
        return self.read(end or -1)

    def readinto(self, buffer):
        taken = self.read(len(buffer))
        buffer[: len(taken)] = taken
        return len(taken)

    def write(self, data):
        # A little at a time.
        data = bytes(data[:5])
        self.inside += data
        return len(data)


async def sends(writer):
    for number in range(3):
        writer.write(b'line %d of some\n' % number)
        await writer.drain()
        await asyncio.sleep_ms(1)
    writer.close()
    await writer.wait_closed()


async def late(writer):
    await asyncio.sleep_ms(2)
    writer.write(b'abcdef')
    await writer.drain()


async def main():
    pipe = Pipe()
    stream = asyncio.StreamReader(pipe)
    sending = asyncio.create_task(sends(asyncio.StreamWriter(pipe)))
    lines = b''
    while line := await stream.readline():
        lines += line
    print(lines)
    await sending
    pipe = Pipe()
    stream = asyncio.StreamReader(pipe)
    reading = asyncio.create_task(stream.readexactly(6))
    waiting = asyncio.create_task(late(stream))
    await asyncio.sleep_ms(1)
    try:
        await stream.read(1)
    except RuntimeError as error:
        print(error)
    print(await reading)
    await waiting
    try:
        await asyncio.wait_for_ms(stream.read(1), 5)
    except asyncio.TimeoutError:
        print('nothing comes')
    buffer = bytearray(4)
    stream.write(b'xyz')
    print(await stream.readinto(buffer), buffer)
    print(await asyncio.to_thread(lambda text: text.upper(), 'thread'))


asyncio.run(main())
