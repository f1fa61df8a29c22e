# sys.exc_info in what a handler awaits or iterates over: the exception is that of the handler.
# cpython
import sys


def name():
    kind = sys.exc_info()[0]
    return kind.__name__ if kind else None


class Pause:
    def __await__(self):
        yield name()
        return name()


async def inner():
    print("begins", name())
    print("goes on", await Pause())
    try:
        {}[1]
    except KeyError:
        print("own", name(), await Pause())
    print("again", name())


async def outer():
    print("before", name())
    try:
        1 / 0
    except ZeroDivisionError:
        await inner()
        print("after", name())
    try:
        raise ValueError
    finally:
        await inner()


def delegating():
    try:
        raise IndexError
    except IndexError:
        yield from plain()
    yield name()


def plain():
    yield name()
    yield name()


coroutine = outer()
try:
    while True:
        print("paused", coroutine.send(None))
except ValueError as error:
    print(repr(error))
print(list(delegating()))

# One that goes on by itself no longer has who delegated to it.
generator = plain()


def first():
    try:
        raise IndexError
    except IndexError:
        yield from generator


holder = first()
print(next(holder), next(generator))
