# Integers of every size: arithmetic, bits, conversion, limits between the small and the large.
print(7 // 2, -7 // 2, 7 // -2, 7 % 3, -7 % 3, 7 % -3, divmod(-7, 3), 2**10, 2**0, (-2) ** 3, -(2**2), 7 / 2)
print(1_000_000, 0xFF, 0b101, 0o17, 0xFFFF_FFFF, int("1" * 20), -0, +5, ~5, abs(-5))
print(5 & 3, 5 | 3, 5 ^ 3, -5 & 0xFF, 1 << 10, -1 >> 3, 1000 >> 3, -1000 >> 3, 1 << 0)
for bits in (29, 30, 31, 32, 46, 47, 48, 52, 53, 61, 62, 63, 64, 65, 127, 128):
    n = 1 << bits
    print(bits, n - 1, n, -n, n * n >> bits == n, (n - 1) + 1 == n, -n - 1 + n, n // 3, -n % 7)
big = 12345678901234567890123456789
print(big * big, big // 987654321, big % 987654321, divmod(-big, 10**10), big - big, big + 1 - big)
print(big & 0xFFFFFFFFFFFF, big | 1, big ^ big, -big >> 40, big << 5, ~big, -big & 0xFF)
print(hex(big), oct(2**70), bin(2**40 + 1), int(hex(big), 16) == big, int(str(big)) == big, int("-" + str(big)))
print(big > 1e10, big < 10**29, hash(big) == hash(big + 0), {big: 1}[big + 0], bool(big), big != big + 1)
print(pow(3, 100), pow(3, 100, 7), pow(2, -1), 3**-2, 0**0, (-3) ** 5, 10**20 // 10**18)
fact = 1
for i in range(1, 31):
    fact *= i
print(fact)
print(int(3.99), int(-3.99), int(1e20), int("  42 "), int("-0x1f", 16), int("z", 36), int(True), int("1_000".replace("_", "")))
print(round(5), round(-2.5), round(3.5), min(3, 1, 2), max([1, 5, 3]), sum([1, 2, 3], 10))
print(1 == 1.0, 1 == True, 0 == False, True + True, 2 > True, 1 < 1.5 < 2, 3 != 3.0)
print((255).to_bytes(2, "big"), (1).to_bytes(4, "little"), int.from_bytes(b"\x01\x02", "big"), int.from_bytes(b"\x01\x02", "little"))
print((2**64 - 1).to_bytes(8, "big"), int.from_bytes(b"\xff" * 9, "big"), int.from_bytes(b"", "big"))
for bad in (lambda: 1 // 0, lambda: 1 % 0, lambda: big // 0, lambda: 1 << -1, lambda: int("12x"), lambda: int(""), lambda: 1 + "a", lambda: 0**-1, lambda: int(None), lambda: -1 & 1.5):
    try:
        print(bad())
    except (ZeroDivisionError, ValueError, TypeError) as error:
        print(type(error).__name__ + ":", error)
print(sum(range(100001)), len(str(2**1000)), str(2**200)[:10], 2**200 % (10**9 + 7))
a = 1
for _ in range(70):
    a = a * 2 + 1
print(a, a.__class__ is int, isinstance(a, int), type(1) is type(big))
print([x for x in range(-5, 6, 5)], list(range(3, -3, -2)), len(range(0, 10**6, 7)), 15 in range(0, 20, 5), range(3)[1], range(10)[2:8:3])
print(True & False, True | False, True ^ True, False | 1, True & 3, True + True, [b ^ True for b in (True, False)])
