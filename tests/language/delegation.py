# yield from: what is thrown in, closed and sent on the way down; and what comes back up.


def swallows():
    try:
        yield 1
    except GeneratorExit:
        print("inner swallows")


def outer(inner):
    try:
        print("result", (yield from inner))
    except GeneratorExit:
        print("outer gets it too")
        raise


generator = outer(swallows())
print(next(generator))
print(generator.close())

generator = outer(swallows())
next(generator)
try:
    generator.throw(GeneratorExit)
except GeneratorExit:
    print("out")


class Iterator:
    def __init__(self):
        self.last = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.last += 1
        if self.last > 3:
            raise StopIteration("end")
        return self.last

    def send(self, value):
        return "sent", value

    def throw(self, value):
        return "thrown", value

    def close(self):
        print("closed")


generator = outer(Iterator())
print(next(generator), generator.send(5), generator.throw(123), next(generator))
print(generator.throw(ValueError))
generator.close()
print(list(outer(Iterator())))


class Bare:
    def __iter__(self):
        return self

    def __next__(self):
        return 1


def attempt(function):
    try:
        print(function())
    except BaseException as error:
        print(repr(error))


for thrown in (ValueError, ValueError("instance"), 123, int):
    generator = outer(Bare())
    next(generator)
    attempt(lambda: generator.throw(thrown))
generator = outer(Bare())
next(generator)
attempt(lambda: generator.send(1))
generator = outer(Bare())
next(generator)
attempt(generator.close)


def stops(number):
    if number > 1:
        raise StopIteration("from the function")
    return number


print(list(outer(map(stops, range(9)))))


class Custom(Exception):
    def __init__(self):
        super().__init__("made in Python")


def catches():
    while True:
        try:
            yield "ready"
        except Custom as error:
            print(repr(error))


generator = catches()
next(generator)
print(generator.throw(Custom))
print(generator.throw(Custom()))


def endless():
    yield from endless()


attempt(lambda: next(endless()))
attempt(lambda: next(outer(5)))
attempt(lambda: next(outer(outer(swallows()))))
