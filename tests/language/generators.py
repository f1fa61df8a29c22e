# Generators: values out, values in, exceptions in, and what is left when they end.


def count(n):
    for i in range(n):
        yield i
    return "done"


g = count(2)
print(next(g), next(g))
try:
    next(g)
except StopIteration as stop:
    print("StopIteration:", stop.value)
print(next(g, "default"), list(count(4)), sum(count(5)), tuple(count(0)))


def echo():
    received = None
    while True:
        try:
            received = yield received
        except ValueError as error:
            received = "caught " + str(error)


e = echo()
print(next(e), e.send(1), e.send("two"), e.throw(ValueError("three")), e.send(4))
try:
    e.throw(KeyError("out"))
except KeyError as error:
    print("KeyError:", error)
try:
    e.send(1)
except StopIteration:
    print("finished")


def with_finally():
    try:
        yield 1
        yield 2
    finally:
        print("cleaned up")


g = with_finally()
next(g)
g.close()
g.close()
try:
    next(g)
except StopIteration:
    print("closed")
for value in with_finally():
    print(value)


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as error:
    print("RuntimeError:", error)


# Delegation passes everything through, and gives the result.
def inner():
    try:
        x = yield "first"
        print("inner got", x)
        yield "second"
    except TypeError as error:
        print("inner caught", error)
        yield "recovered"
    return "result"


def outer():
    result = yield from inner()
    print("outer got", result)
    result = yield from [10, 20]
    print("a list gives", result)


o = outer()
print(next(o), o.send("hello"), o.throw(TypeError("oops")), list(o))


def chain(*iterables):
    for iterable in iterables:
        yield from iterable


print(list(chain("ab", range(2), count(2), {"k": 1})))


def tree(node):
    if node:
        left, value, right = node
        yield from tree(left)
        yield value
        yield from tree(right)


print(list(tree(((None, 1, None), 2, ((None, 3, None), 4, None)))))

squares = (x * x for x in range(10) if x % 2)
print(next(squares), list(squares), list(squares))
print(sum(a * b for a, b in zip(range(3), range(3))), max(len(w) for w in ["a", "bcd"]))


def bad():
    raise StopIteration(1)
    yield


try:
    next(bad())
except RuntimeError as error:
    print("RuntimeError:", error)

try:
    count(1).send("too early")
except TypeError as error:
    print("TypeError:", error)


def reentrant():
    yield next(r)


r = reentrant()
try:
    next(r)
except ValueError as error:
    print("ValueError:", error)


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


print([n for n, _ in zip(fibonacci(), range(12))])


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(list(Countdown(3)), (lambda *a: a)(*Countdown(2)), max(Countdown(5)))
for thrown in (StopIteration, StopIteration(3), ValueError):
    try:
        print((n for n in [1, 2]).throw(thrown))
    except Exception as error:
        print(type(error).__name__)
