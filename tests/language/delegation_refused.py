# A generator delegates to one that cannot be resumed: the error is raised in it, and it goes on like any other.


def inner():
    yield "inner"
    try:
        next(outermost)
    except ValueError as error:
        print("inner:", error)
    yield "inner again"


def middle():
    yield "middle"
    yield from innermost


def outer(delegate):
    try:
        yield from delegate
    except ValueError as error:
        print("outer:", error)
        yield "outer goes on"
    yield "outer ends"


# By way of a generator that waits for the one that is running.
innermost = inner()
between = middle()
print(next(between), next(between))
outermost = outer(between)
print(next(innermost))
print(list(outermost))
print(list(innermost))


# Directly: a generator that delegates to itself.
def itself():
    try:
        yield from me
    except ValueError as error:
        print("itself:", error)
    yield "done"


me = itself()
print(list(me))


# What one that had been begun before returns comes to whoever delegated to it.
def begun():
    yield 1
    yield 2
    return "result"


def delegate():
    generator = begun()
    next(generator)
    print((yield from generator))
    yield "after"


print(list(delegate()))


# Delegated to deeper than the machine goes: the error comes to the one that asked for too much.
def chain(depth):
    try:
        yield from chain(depth + 1)
    except RuntimeError:
        yield depth > 100


print(next(chain(0)))


# An exception that is to be thrown into one that has not begun.
def thrown(generator):
    try:
        yield from generator
    except KeyError as error:
        print("thrown:", type(error))
    yield "thrown goes on"


def never():
    yield 1


generator = never()
if hasattr(generator, "pend_throw"):
    generator.pend_throw(KeyError("early"))
    print(list(thrown(generator)))
else:
    print("thrown:", KeyError)
    print(["thrown goes on"])
