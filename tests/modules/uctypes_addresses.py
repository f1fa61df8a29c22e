# uctypes: addresses that lead nowhere, and descriptors that have no end.
import uctypes
from uctypes import addressof, bytes_at, bytearray_at, sizeof, struct


def attempt(function, *arguments):
    try:
        print(function(*arguments))
    except Exception as error:
        print(type(error).__name__, error)


fields = {"a": uctypes.UINT32 | 0, "p": (uctypes.PTR | 0, uctypes.UINT8)}
attempt(bytes_at, 16, 4)
attempt(bytes_at, -1, 4)
attempt(lambda: struct(16, fields).a)
attempt(setattr, struct(16, fields), "a", 1)
attempt(lambda: bytearray_at(16, 4)[0])
attempt(len, bytearray_at(16, 4))
attempt(int, struct(16, fields).p)

data = bytearray(6)
s = struct(addressof(data), {"a": uctypes.UINT32 | 3, "b": uctypes.UINT32 | 2}, uctypes.LITTLE_ENDIAN)
try:
    s.a
except ValueError:
    print("beyond the end")
s.b = 1
print(data)
try:
    bytes_at(addressof(data), 7)
except ValueError:
    print("too long")
try:
    bytes_at(addressof(data), -1)
except ValueError:
    print("negative")

# A pointer to nowhere.
cell = bytearray(8)
p = struct(addressof(cell), {"p": (uctypes.PTR | 0, uctypes.UINT8)})
print(int(p.p))
attempt(lambda: p.p[0])
attempt(lambda: p.p[-1 << 62])

# Bytes that cannot be changed stay as they are.
fixed = b"1234"
s = struct(addressof(fixed), fields)
print(hex(s.a))
try:
    s.a = 5
except ValueError:
    print("not changed", fixed)

# A bytearray that shrinks takes its bytes along.
data = bytearray(8)
view = bytearray_at(addressof(data), 8)
s = struct(addressof(data), {"last": uctypes.UINT8 | 7})
data[:] = b"ab"
print(bytes(view))
try:
    s.last
except ValueError:
    print("gone")

# Descriptors that contain themselves, or much of the same.
loop = {}
loop["again"] = (0, loop)
attempt(sizeof, loop)
print(struct(0, loop))
deep = {"end": uctypes.UINT8 | 0}
for _ in range(60):
    deep = {"a": (0, deep), "b": (0, deep)}
attempt(sizeof, deep)
wide = {"a": uctypes.UINT8 | 0}
for _ in range(4):
    wide = {"a": (uctypes.ARRAY | 0, 0x7FFFFFF, wide)}
attempt(sizeof, wide)

# Many objects: addresses of those that are gone take no room.
for number in range(3000):
    buffer = bytearray(16)
    struct(addressof(buffer), {"n": uctypes.UINT32 | 0}).n = number
    if buffer[0] != number & 255:
        print("wrong at", number)
print("done")

# Signed bits and elements behind pointers.
data = bytearray(2)
s = struct(addressof(data), {"s": uctypes.BFINT16 | 0 | 4 << uctypes.BF_POS | 4 << uctypes.BF_LEN})
s.s = -3
print(s.s, data)
cell = bytearray(addressof(data).to_bytes(8, "little"))
p = struct(addressof(cell), {"p": (uctypes.PTR | 0, uctypes.UINT8)})
if sizeof(p) == 8:
    p.p[1] = 77
print(data[1] in (0, 77))
