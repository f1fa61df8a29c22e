# Context managers: entering, leaving, and who sees an exception.


class Manager:
    def __init__(self, name, swallow=False):
        self.name = name
        self.swallow = swallow

    def __enter__(self):
        print("enter", self.name)
        return self.name.upper()

    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind.__name__ if kind else None, value)
        return self.swallow


with Manager("a"):
    print("body")
with Manager("b") as name:
    print(name)
with Manager("c") as c, Manager("d") as d:
    print(c, d)
with Manager("e", True):
    raise ValueError("swallowed")
try:
    with Manager("f"):
        raise ValueError("seen")
except ValueError as error:
    print("outside:", error)


def leave_by_return():
    with Manager("g"):
        return "returned"


def leave_by_break():
    for i in range(3):
        with Manager("loop%d" % i):
            if i == 0:
                continue
            break
    return i


print(leave_by_return())
print(leave_by_break())

with Manager("outer", True):
    with Manager("inner"):
        1 // 0


class BadEnter:
    def __enter__(self):
        raise RuntimeError("enter failed")

    def __exit__(self, *details):
        print("not called")


try:
    with Manager("h"), BadEnter():
        print("not reached")
except RuntimeError as error:
    print("RuntimeError:", error)


class BadExit:
    def __enter__(self):
        return self

    def __exit__(self, *details):
        raise KeyError("from exit")


try:
    with BadExit():
        raise ValueError("replaced")
except KeyError as error:
    print("KeyError:", error)


def generator():
    with Manager("generator"):
        yield 1
        yield 2


g = generator()
print(next(g))
g.close()

targets = {}
with Manager("i") as targets["key"]:
    pass
print(targets)
try:
    with 5:
        pass
except AttributeError as error:
    print("AttributeError")
