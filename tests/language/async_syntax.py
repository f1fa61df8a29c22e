# async def, await, async for and async with, driven by hand: no event loop is needed to run a coroutine.


class Suspend:
    def __init__(self, value):
        self.value = value

    def __iter__(self):
        answer = yield self.value
        return answer

    __await__ = __iter__


def drive(coroutine, answers=()):
    answers = list(answers)
    send = None
    try:
        while True:
            print("asks", coroutine.send(send))
            send = answers.pop(0) if answers else None
    except StopIteration as stop:
        return stop.value


async def add(a, b):
    return a + b


async def nested(n):
    if n == 0:
        return await Suspend("bottom")
    return "<" + await nested(n - 1) + ">"


print(drive(add(1, 2)))
print(drive(nested(3), ["core"]))


async def sequence():
    first = await Suspend("first")
    second = await Suspend("second")
    return first, second, await add(first, second)


print(drive(sequence(), [10, 20]))


class Numbers:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        return await Suspend(self.n)


async def loop():
    got = []
    async for number in Numbers(3):
        if number == "skip":
            continue
        got.append(number)
    else:
        got.append("else")
    return got


print(drive(loop(), ["a", "skip", "b"]))


class Resource:
    async def __aenter__(self):
        print("entering", await Suspend("enter"))
        return self

    async def __aexit__(self, kind, value, traceback):
        print("leaving", kind.__name__ if kind else None, await Suspend("exit"))
        return kind is ValueError


async def use(error=None):
    async with Resource() as resource:
        print("inside", type(resource).__name__)
        if error:
            raise error
        return "returned through"
    return "swallowed"


print(drive(use(), [1, 2]))
print(drive(use(ValueError("v")), [3, 4]))
try:
    drive(use(KeyError("k")))
except KeyError as error:
    print("KeyError:", error)


async def catches():
    try:
        await Suspend("waiting")
    except ValueError as error:
        return "caught " + str(error)
    finally:
        print("finally")


c = catches()
print(c.send(None))
try:
    c.throw(ValueError("thrown in"))
except StopIteration as stop:
    print(stop.value)
c = catches()
c.send(None)
c.close()


# Awaiting passes a thrown exception down to the innermost coroutine.
async def outer():
    return await catches()


c = outer()
c.send(None)
try:
    c.throw(ValueError("deep"))
except StopIteration as stop:
    print(stop.value)


async def many():
    total = 0
    for i in range(5):
        total += await add(i, await add(i, 1))
    return total


print(drive(many()), type(many()).__name__)
