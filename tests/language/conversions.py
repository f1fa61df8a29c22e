# Objects that say what number, truth or text they are, and what asks them.


class Answer:
    def __int__(self):
        print("asked for an int")
        return 42

    def __float__(self):
        print("asked for a float")
        return 4.25

    def __str__(self):
        return "the answer"

    def __repr__(self):
        return "Answer()"


class Wrong:
    def __int__(self):
        return "forty-two"

    def __float__(self):
        return "four"


class Complicated:
    def __complex__(self):
        return 1 + 2j


class Empty:
    def __len__(self):
        return 0


class No:
    def __bool__(self):
        return False


print(int(Answer()), float(Answer()), complex(Answer()), complex(Complicated()))
print("%d %.3f %s %r" % (Answer(), Answer(), Answer(), Answer()))
print("{} {!r} {!s:>12}|".format(Answer(), Answer(), Answer()))
print(f"{Answer()} {Answer()!r:>10}|")
print(bool(Empty()), bool(No()), bool(Answer()), bool(), bool(""), bool("a"))
for kind in (int, float):
    try:
        kind(Wrong())
    except TypeError as error:
        print("TypeError", error)

print(int(), float(), complex(), str() == "", bytes(), bytearray())
print(int("  -0x1F ", 16), int("0b101", 0), int("z", 36), int(b"12"), int(bytearray(b"7")), int(3.99), int(True))
print(int("123456789012345678901234567890"), int(-2.5e20))
print(float(" 1e3 "), float("-inf"), float("nan"), float(b"2.5"), float(2**70))
print(complex("1-2j"), complex(1, 2), complex(1j, 1j), complex("3"), (2 + 3j).real, (2 + 3j).imag)
print(str(b"caf\xc3\xa9", "utf-8"), str([1, "a"]), str(None), str(12))
print(bytes(3), bytes([1, 2, 3]), bytes("caf\u00e9", "utf-8"), bytes(bytearray(b"a")), bytes(range(3)))
print(bytes(x * x for x in range(5)), bytearray(x for x in (65, 66)), bytearray(2))
print((258).to_bytes(2, "big"), (258).to_bytes(4, "little"), (7).to_bytes(), (-2).to_bytes(2, "big", signed=True))
print(int.from_bytes(b"\x01\x02", "big"), int.from_bytes(b"\x01\x02", "little"), int.from_bytes(b"\xff" * 9, "big"))


def words():
    for word in ("one", "two", "three"):
        yield word


print("-".join(words()), "".join(word[0] for word in words()), ",".join({"k": 1}))
print(b"-".join([b"a", bytearray(b"b")]), bytearray(b"-").join([b"a", b"b"]))


# Subclasses contain an object of the type they derive from.
class Name(str):
    def shout(self):
        return self.upper() + "!"


class Celsius(float):
    pass


class Count(int):
    def __init__(self, value, unit):
        super().__init__(value)
        self.unit = unit


class Tagged(str):
    def __init__(self, text):
        self.length = len(text)


name = Name("ada")
print(name, name.shout(), len(name), name == "ada", name + "x", name[0], "d" in name)
print("%s %5s|" % (name, name), "{}|".format(name), ",".join("ab"), "ada".find("d"))
print(Celsius("21.5") + 1, Celsius(3) == 3.0)
apples = Count(3, "apples")
print(apples + 1, apples.unit, Count(3, "a") == Count(3, "b"))
tagged = Tagged("quay")
print(tagged, tagged.length, tagged.upper())
