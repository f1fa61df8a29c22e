# A format means the same however often it is used, and however many values it has.
import struct

for _ in range(3):
    for form in ("<I", ">H2s", "3B", "b", ">q", "<d", "2x4s", ">e", "0Bb"):
        size = struct.calcsize(form)
        data = bytes(range(65, 65 + size))
        values = struct.unpack(form, data)
        print(form, values, struct.pack(form, *values).hex())

for count in (31, 32, 33, 200):
    form = "<%dh" % count
    numbers = tuple(range(-5, count - 5))
    packed = struct.pack(form, *numbers)
    print(count, len(packed), struct.unpack(form, packed) == numbers)
    form = "<" + count * "H"
    print(len(struct.pack(form, *range(count))), sum(struct.unpack(form, packed)))

buffer = bytearray(12)
for offset in (0, 4, -4):
    struct.pack_into("<I", buffer, offset, 0x01020304 + offset)
    print(buffer.hex(), struct.unpack_from("<HH", buffer, offset))
for form, data in (("<I", b"abc"), ("B", b"")):
    try:
        struct.unpack(form, data)
    except Exception as error:
        print("too short")
print(struct.unpack("<Q", b"\xff" * 8), struct.pack(">Q", (1 << 64) - 1), struct.pack("<h", True))
print(struct.unpack("<bf", struct.pack("<bf", -1, 2)))
