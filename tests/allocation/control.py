# Exceptions, generators, context managers, iterators.

# What happens while an exception passes is kept, and shown when all is well: a `MemoryError` passes here, too.
seen = []


class Guard:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        seen.append('enter ' + self.name)
        return self

    def __exit__(self, kind, value, trace):
        seen.append('exit ' + self.name + str(kind))
        return kind is ValueError


def numbers(limit):
    try:
        for number in range(limit):
            got = yield number
            if got:
                yield got * 2
        return 'end'
    finally:
        seen.append('finally ' + str(limit))


def delegate():
    result = yield from numbers(2)
    yield result
    yield from [10, 20]


class Countdown:
    def __init__(self, start):
        self.now = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.now == 0:
            raise StopIteration
        self.now -= 1
        return self.now


with Guard('outer') as outer, Guard('inner'):
    raise ValueError('swallowed')
print(list(delegate()), list(Countdown(3)), sum(Countdown(5)))
generator = numbers(3)
print(next(generator), generator.send('ab'), next(generator))
generator.close()
try:
    try:
        {}['missing']
    except KeyError as error:
        raise RuntimeError('second', 2)
    finally:
        seen.append('cleanup')
except RuntimeError as error:
    print(error.args, repr(error))
try:
    [].pop()
except IndexError as error:
    print(error)
try:
    int('x')
except ValueError as error:
    print(error)
thrown = numbers(1)
next(thrown)
try:
    thrown.throw(OSError(5))
except OSError as error:
    print(error.errno)


def deep(depth):
    return depth and 1 + deep(depth - 1)


print(deep(50), [value for value in (n * n for n in Countdown(4))])
print(seen)
