# First byte: the format (lower two bits) and the size of pieces. Second: the window. Then data: what is compressed, and what
# is taken for compressed data.
import deflate
import io

given = open("input", "rb").read() + bytes(2)
form, piece, bits, data = given[0] & 3, (given[0] >> 2) + 1, given[1] & 31, given[2:-2]


class Pieces(io.IOBase):
    def __init__(self, data=b""):
        self.data = data

    def readinto(self, buffer):
        count = min(len(buffer), len(self.data), piece)
        buffer[:count] = self.data[:count]
        self.data = self.data[count:]
        return count

    def write(self, data):
        count = min(len(data), piece + 20)
        self.data += bytes(data)[:count]
        return count


def read_all(stream, *arguments):
    return deflate.DeflateIO(stream, *arguments).read()


def read_in_pieces(stream, *arguments):
    reader = deflate.DeflateIO(stream, *arguments)
    buffer = bytearray(4 * piece)
    parts = []
    while count := reader.readinto(buffer):
        parts.append(buffer[:count])
    assert reader.read(1) == b""
    return b"".join(parts)


def read_lines(stream, *arguments):
    reader = deflate.DeflateIO(stream, *arguments)
    lines = []
    while line := reader.readline(4 * piece):
        assert line.find(b"\n") in (-1, len(line) - 1)
        lines.append(line)
    return b"".join(lines)


def outcome(read, stream, *arguments):
    try:
        return read(stream, *arguments)
    except (OSError, EOFError) as error:
        return type(error)


def write(stream, *arguments):
    with deflate.DeflateIO(stream, *arguments) as writer:
        for at in range(0, len(data), 16 * piece):
            writer.write(data[at : at + 16 * piece])
        # A stream to which nothing was written stays empty.
        writer.write(b"")


try:
    deflate.DeflateIO(io.BytesIO(), form, bits)
except ValueError:
    assert 0 < bits < 5 or bits > 15
    bits = 0

# There and back, in every format.
for written in (deflate.RAW, deflate.ZLIB, deflate.GZIP):
    out = io.BytesIO()
    write(out, written, bits)
    packed = out.getvalue()
    assert len(packed) <= len(data) * 9 // 8 + 32
    if written == form:
        slow = Pieces()
        write(slow, written, bits)
        assert slow.data == packed, "whatever the stream takes at once"
    stream = io.BytesIO(packed + b"rest")
    assert read_all(stream, written, bits if written == deflate.RAW else 0) == data, "there and back"
    assert stream.read() == b"rest", "no more is taken than there is"
    if written != deflate.RAW:
        assert read_all(io.BytesIO(packed)) == data, "the format is found out"

# What is taken for compressed data: however it is read, the same comes out.
stream = io.BytesIO(data)
whole = outcome(read_all, stream, form, bits)
rest = stream.read()
assert len(rest) <= len(data)
small = isinstance(whole, type) or len(whole) < 20000
if small:
    assert outcome(read_in_pieces, Pieces(data), form, bits) == whole, "in pieces"
    assert outcome(read_lines, io.BytesIO(data), form, bits) == whole, "by lines"
if not isinstance(whole, type):
    stream = io.BytesIO(data)
    assert deflate.DeflateIO(stream, form, bits).read(len(whole) + 1) == whole, "with a count"
    assert stream.read() == rest
