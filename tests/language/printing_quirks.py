# How instances print and list their names where MicroPython differs from CPython.


class Odd:
    def __str__(self):
        return True

    def __repr__(self):
        return [1, "two"]

    def __dir__(self):
        return "cba"


print(str(Odd()), repr(Odd()), Odd(), [Odd()], "%s %r" % (Odd(), Odd()))
print(dir(Odd()))


class Named:
    def __str__(self):
        return "named"


class Pair(tuple, Named):
    pass


class NamedPair(Named, tuple):
    pass


class Own(tuple, Named):
    def __str__(self):
        return "own"


print(Pair((1, 2)), NamedPair((1, 2)), Own((1, 2)))


class Itself:
    def __str__(self):
        return self


try:
    print(Itself())
except RuntimeError as error:
    print(error)
