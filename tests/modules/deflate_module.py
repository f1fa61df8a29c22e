# deflate: there and back in every format and window, partial reads, and what is refused.
import deflate, io

text = b"the quick brown fox jumps over the lazy dog\n" * 200
noise = bytes((i * i * 7 + i // 3) % 256 for i in range(3000))


def pack(data, *arguments):
    out = io.BytesIO()
    with deflate.DeflateIO(out, *arguments) as stream:
        stream.write(b"")
        for i in range(0, len(data), 700):
            stream.write(data[i : i + 700])
    return out.getvalue()


def unpack(data, *arguments):
    return deflate.DeflateIO(io.BytesIO(data), *arguments).read()


for data in (b"", b"a", text, noise, bytes(5000)):
    for form in (deflate.RAW, deflate.ZLIB, deflate.GZIP):
        for bits in (5, 8, 10, 15):
            packed = pack(data, form, bits)
            if unpack(packed, form, bits if form == deflate.RAW else 0) != data:
                print("differs", form, bits, len(data))
            if form != deflate.RAW and unpack(packed) != data:
                print("differs", bits, len(data))
print(len(pack(text, deflate.RAW, 8)) < 400, pack(b"", deflate.RAW))

# Parts of a stream, and what follows it.
source = io.BytesIO(pack(text, deflate.ZLIB) + b"rest")
stream = deflate.DeflateIO(source)
print(stream.read(9), stream.readline(), stream.read(0))
buffer = bytearray(10)
print(stream.readinto(buffer), buffer)
print(len(stream.read()), stream.read(), stream.read(5), source.read())

for data, arguments in (
    (b"", ()),
    (b"abc", ()),
    (b"\x07", (deflate.RAW,)),
    (pack(text, deflate.ZLIB)[:50], ()),
    (pack(text, deflate.ZLIB)[:-1] + b"\x00", ()),
    (pack(text, deflate.GZIP)[:-8] + bytes(8), ()),
    (pack(text, deflate.ZLIB), (deflate.GZIP,)),
    (pack(text, deflate.RAW, 10), (deflate.RAW, 5)),
    (b"x\x9c" + noise, ()),
    (b"\x1f\x8b\x08\xff" + noise, ()),
):
    try:
        print(len(unpack(data, *arguments)))
    except (OSError, EOFError) as er:
        print(type(er).__name__, er)
for arguments in ((-1,), (4,), (0, 4), (0, 16)):
    try:
        deflate.DeflateIO(io.BytesIO(), *arguments)
    except ValueError as er:
        print("ValueError", er)
stream = deflate.DeflateIO(io.BytesIO(), deflate.RAW)
stream.close()
for function in (stream.read, lambda: stream.write(b"x")):
    try:
        function()
    except OSError as er:
        print("OSError", er.errno)
stream.close()

# The stream beneath is closed: said at once, though what is written is only gathered.
below = io.BytesIO()
stream = deflate.DeflateIO(below, deflate.RAW)
stream.write(b"text")
below.close()
for function in (lambda: stream.write(b"x"), stream.close, stream.close):
    try:
        print(function())
    except ValueError as er:
        print("ValueError", er)

# Over a stream written in Python, and closing it too.
class Stream(io.IOBase):
    def __init__(self, data=b""):
        self.data = data

    def readinto(self, buffer):
        n = min(len(buffer), len(self.data), 3)
        buffer[:n] = self.data[:n]
        self.data = self.data[n:]
        return n

    def write(self, data):
        self.data += bytes(data)[:5]
        return min(5, len(data))

    def ioctl(self, request, argument):
        print("ioctl", request, argument)
        return 0


below = Stream()
with deflate.DeflateIO(below, deflate.GZIP, 0, True) as stream:
    stream.write(text)
print(deflate.DeflateIO(below).read() == text)
try:
    deflate.DeflateIO(5).read()
except OSError as er:
    print("OSError", er)
