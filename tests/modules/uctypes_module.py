# uctypes: what upstream's tests leave open.
import uctypes
from uctypes import addressof, bytes_at, bytearray_at, sizeof, struct


def attempt(function, *arguments):
    try:
        print(function(*arguments))
    except Exception as error:
        print(type(error).__name__, error)


# One address for one object, however it is looked at, and never the same for two.
data = bytearray(range(32))
other = bytearray(8)
base = addressof(data)
print(base == addressof(data), base == addressof(memoryview(data)), addressof(memoryview(data)[5:]) - base)
print(abs(addressof(other) - base) >= 32, base % 8)
print(bytes_at(base + 4, 4), bytes_at(base + 32, 0))
view = bytearray_at(base + 8, 4)
view[0] = 255
view[1:3] = b"ab"
print(data[7:13], len(view), list(view), view == b"\xffab\x0b", view[1:3])
print(isinstance(view, bytearray), type(view) is type(struct(0, {}).__class__), addressof(view) - base)
print(sizeof(view), bytes(view), memoryview(view)[3])

# Big and little, with and without signs.
fields = {
    "a": uctypes.INT16 | 0,
    "b": uctypes.UINT16 | 0,
    "c": uctypes.INT64 | 2,
    "d": uctypes.UINT64 | 2,
    "e": uctypes.FLOAT32 | 10,
    "f": uctypes.FLOAT64 | 14,
}
for order in (uctypes.LITTLE_ENDIAN, uctypes.BIG_ENDIAN, uctypes.NATIVE):
    data = bytearray(24)
    s = struct(addressof(data), fields, order)
    s.a = -2
    s.d = (1 << 64) - 3
    s.e = 0.5
    s.f = -1e100
    print(s.a, s.b, s.c, s.d, s.e, s.f, sizeof(s), sizeof(fields, order))
    print(data)
    s.b = 0x1234567
    print(data[:2], len(bytes(s)))

# Bits: fields of one word do not disturb each other.
bits = {
    "low": uctypes.BFUINT16 | 0 | 0 << uctypes.BF_POS | 3 << uctypes.BF_LEN,
    "middle": uctypes.BFUINT16 | 0 | 3 << uctypes.BF_POS | 7 << uctypes.BF_LEN,
    "high": uctypes.BFUINT16 | 0 | 10 << uctypes.BF_POS | 6 << uctypes.BF_LEN,
}
for order in (uctypes.LITTLE_ENDIAN, uctypes.BIG_ENDIAN):
    data = bytearray(2)
    s = struct(addressof(data), bits, order)
    s.high = 0x3F
    s.middle = 0x1F5
    s.low = 2
    print(data, s.low, s.middle, s.high, sizeof(s))

# Structures in structures, in arrays, behind pointers.
point = {"x": uctypes.INT8 | 0, "y": uctypes.INT8 | 1}
line = {
    "from": (0, point),
    "to": (2, point),
    "more": (uctypes.ARRAY | 4, 2, point),
    "tail": (uctypes.ARRAY | 8, uctypes.INT16 | 2),
    "raw": (uctypes.ARRAY | 0, uctypes.UINT8 | 4),
}
data = bytearray(12)
s = struct(addressof(data), line, uctypes.LITTLE_ENDIAN)
getattr(s, "from").x = -1
s.to.y = 5
s.more[1].x = 7
s.tail[1] = -2
print(data, s.raw, sizeof(s), sizeof(s.more), sizeof(s.more[0]), sizeof(s.tail))
s.raw[1] = 9
print(getattr(s, "from").y, type(s.raw).__name__, type(s.tail).__name__)

target = bytearray(b"0123456789")
cell = bytearray(addressof(target).to_bytes(sizeof({"p": (uctypes.PTR | 0, uctypes.UINT8)}), "little"))
p = struct(addressof(cell), {"p": (uctypes.PTR | 0, uctypes.UINT16), "q": (uctypes.PTR | 0, point)}, uctypes.NATIVE)
print(int(p.p) == addressof(target), hex(p.p[1]), p.q[2].x, p.q[4].y)

# Mistakes.
s = struct(addressof(data), line)
attempt(lambda: s.nothing)
attempt(lambda: s[0])
attempt(lambda: s.tail[2])
attempt(lambda: s.tail["0"])
attempt(int, s)
attempt(hash, s)
attempt(setattr, s, "to", 1)
attempt(setattr, s.to, "x", "1")
attempt(sizeof, 1)
attempt(sizeof, {"a": "b"})
attempt(addressof, 1)
attempt(struct, data, {})
attempt(lambda: struct(addressof(data), (uctypes.ARRAY | 0, uctypes.INT8 | 2)).x)
