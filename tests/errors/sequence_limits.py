# What MicroPython leaves out of sequences and classes: a clear error, not something else.


def attempt(work):
    try:
        print(work())
    except Exception as error:
        print(repr(error))


numbers = [0, 1, 2, 3, 4, 5]
attempt(lambda: numbers[::2])
attempt(lambda: (1, 2, 3)[::2])
attempt(lambda: (1, 2, 3)[::-1])
attempt(lambda: "abc"[::2])
attempt(lambda: b"abc"[::2])
try:
    numbers[::2] = [7, 8, 9]
except NotImplementedError as error:
    print(repr(error))
try:
    del numbers[::2]
except NotImplementedError as error:
    print(repr(error))
del numbers[1:3]
print(numbers)


class Base:
    pass


class Derived(Base):
    pass


for name, value in ("shown", property(lambda self: 1)), ("__setattr__", None), ("__delattr__", None):
    try:
        setattr(Base, name, value)
    except AttributeError as error:
        print(error)


# These may come later, and reach the classes that derive.
def fallback(self, name):
    return name + "?"


Base.__getattr__ = fallback
Base.__eq__ = lambda self, other: True
print(Derived().anything, Derived() == Derived())
setattr(Derived, "shown", property(lambda self: 2))
print(Derived().shown)
