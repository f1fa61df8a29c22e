# struct and array: numbers as bytes.
import array
import struct

print(struct.calcsize("<bhiq"), struct.calcsize("bhiq"), struct.calcsize("3s5x"))
print(struct.pack("<bHi", -1, 65535, -2), struct.pack(">bHi", -1, 65535, -2), struct.pack("!f", 1.5))
print(struct.pack("<Q", -1), struct.pack("b", 300), struct.pack("<5sB", b"abc", 7), struct.pack("bb", 1))
print(struct.unpack("<bHi", b"\xff\xff\xff\xfe\xff\xff\xff"), struct.unpack(">Q", b"\xff" * 8))
print(struct.unpack("<2s2x3B", b"abcdefg"), struct.unpack("<d", struct.pack("<d", 0.1)))
print(struct.unpack("<e", struct.pack("<e", 1.5)), struct.unpack("@bi", struct.pack("@bi", 1, 2)))
print(struct.unpack_from("<h", b"abcd", 1), struct.unpack_from("<h", b"abcd", -2))
target = bytearray(6)
struct.pack_into("<h", target, 1, 258)
struct.pack_into(">h", target, -2, 258)
print(target)
for bad in (
    lambda: struct.calcsize("z"),
    lambda: struct.calcsize("3"),
    lambda: struct.unpack("<h", b"a"),
    lambda: struct.unpack_from("<h", b"abcd", 3),
    lambda: struct.unpack_from("<h", b"abcd", -9),
    lambda: struct.pack_into("<h", b"abcd", 0, 1),
    lambda: struct.pack("<h", "x"),
    lambda: struct.pack("9" * 30 + "s", b""),
    lambda: struct.calcsize("9" * 19 + "s"),
    lambda: struct.unpack("h", 5),
):
    try:
        print(bad())
    except Exception as error:
        print(type(error).__name__, error)

a = array.array("h", [1, 2, 3])
a.append(-4)
a.extend(b"ab")
a.extend(x for x in (7, 8))
print(a, len(a), a[0], a[-1], a[1:3], bytes(a[:2]), list(a))
a[0] = 99999
a[1:3] = array.array("h", [5])
print(a, a + array.array("h", [1]), a == array.array("h", list(a)))
a += [1, 2]
print(a[-2:], memoryview(array.array("h", [258]))[0])
print(array.array("f", [1.5, 2]), array.array("d"), array.array("B", b"abc"), array.array("O", [None, "x"]))
print(array.array("Q", [(1 << 64) - 1]), array.array("B", b"a") == bytearray(b"a"), array.array("b", [1]) < array.array("b", [2]))
print(struct.pack_into("<h", a, 0, 1), a[0])
for bad in (
    lambda: array.array("z"),
    lambda: a[100],
    lambda: a["x"],
    lambda: a.append("x"),
    lambda: array.array("h", 5),
    lambda: a + [1],
):
    try:
        print(bad())
    except Exception as error:
        print(type(error).__name__, error)


class Samples(array.array):
    def total(self):
        return sum(self)


print(Samples("i", [1, 2, 3]).total())


# Objects go by their address.
class Thing:
    pass


thing = Thing()
packed = struct.pack("<2O", thing, "word")
print(struct.unpack("<2O", packed)[0] is thing, struct.unpack("<2O", packed)[1])
print(struct.unpack("O", struct.pack("O", None)), struct.unpack(">O", struct.pack(">O", 77)))
try:
    struct.unpack("<O", b"\xfe" * struct.calcsize("<O"))
except ValueError as error:
    print(error)
print(struct.pack("<3H", 1))

# Texts by their address, to the zero byte or the end.
import uctypes
text = uctypes.addressof("abc")
print(struct.unpack("<2S", struct.pack("<SS", text, text)), struct.calcsize("S") >= 4)
buffer = bytearray(b"x\0yz")
print(struct.unpack("S", struct.pack("S", uctypes.addressof(buffer))))
buffer[0] = 255
for address in (0, 12345, uctypes.addressof(buffer)):
    try:
        print(struct.unpack("S", struct.pack("S", address)))
    except Exception as error:
        print(type(error))
