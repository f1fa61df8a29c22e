# bytes, bytearray and memoryview.
b = b"abc\x00\xff\n"
print(b, len(b), b[0], b[-2], b[1:3], b + b"!", b * 2 == b + b, list(b), b"b" in b, 97 in b, b == bytes(b), b"a" < b"b")
print(bytes(3), bytes([1, 2, 255]), bytes("é", "utf-8"), bytes(b"x"), bytes(), b"it's", b'"', b"\\\t", b"'\"")
print(b"a,b,c".split(b","), b"-".join([b"x", b"y"]), b"hello".find(b"l"), b"hello".replace(b"l", b"L"), b" x ".strip(), b"Ab".upper(), b"Ab".lower())
print(b"hello".startswith(b"he"), b"hello".endswith(b"x"), b"hello".count(b"l"), b"abc".decode(), str(b"abc", "utf-8"), b"\xe2\x82\xac".decode())
print(hash(b"x") == hash(b"x"), {b"k": 1}[b"k"], b"" == b"", bool(b""), bool(b"\0"))
a = bytearray(b"hello")
a[0] = 72
a.append(33)
a.extend(b"??")
a += b"."
print(a, len(a), a[0], a[1:3], bytes(a), bytearray(2), bytearray([1, 2]), a == b"Hello!??.", a.decode())
a[1:3] = b"EEE"
print(a, a.find(b"l"), list(a[:2]), bytearray(b"a") + b"b", b"a" + bytearray(b"b"))
m = memoryview(a)
print(m[0], len(m), bytes(m[2:4]), bytes(m[:2]))
m[0] = 104
print(a)
m[1:3] = b"xy"
print(a, bytes(memoryview(b"abc")[::1]), list(memoryview(b"ab")))
part = memoryview(a)[2:]
part[0] = 0
print(a)
for bad in (lambda: b"abc"[9], lambda: bytes([256]), lambda: b"\xff".decode(), lambda: bytearray(1)[5], lambda: bytes("x"), lambda: b"".index(b"x"), lambda: memoryview(5)):
    try:
        print(bad())
    except (IndexError, ValueError, TypeError, UnicodeError) as error:
        print(type(error).__name__ + ":", error)
try:
    b[0] = 1
except TypeError as error:
    print("TypeError:", error)
try:
    memoryview(b"abc")[0] = 1
except TypeError as error:
    print("TypeError:", error)
print(rb"raw\n", b"one" b"two", bytes(range(5)), bytes(x for x in (1, 2)), b"abc".hex(), bytes.fromhex("00ff10"))
for x in b"ab":
    print(x, end=" ")
print(b"\x7f~ \x1f", bytearray(b"\x80"), bytes(bytearray(b"q")))
for kind in (bytes, bytearray):
    for length in (-1, -2**63):
        try:
            print(kind(length))
        except ValueError:
            print("ValueError")
