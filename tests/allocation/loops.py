# Loops with constants as operands, slices without an object, comprehensions, and generators whose items are taken where
# they are yielded.


class Number:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Number(self.value + (other.value if isinstance(other, Number) else other))

    __radd__ = __add__

    def __eq__(self, other):
        return self.value == (other.value if isinstance(other, Number) else other)

    def __lt__(self, other):
        return self.value < other.value

    def __hash__(self):
        return hash(self.value % 3)

    def __bool__(self):
        return self.value != 2


class Countdown:
    def __init__(self, start):
        self.left = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.left == 0:
            raise StopIteration
        self.left -= 1
        return self.left * 2**40


class Any:
    def __getitem__(self, index):
        return (index.start, index.stop, index.step) if isinstance(index, slice) else index

    def __setitem__(self, index, value):
        self.last = (index.stop, value)

    def __delitem__(self, index):
        self.last = index.step


def numbers(count):
    try:
        for i in range(count):
            yield i * 2**61 - 1
    finally:
        yields.append(count)


def delegated(count):
    result = yield from numbers(count)
    yield [result, 1.5]


yields = []


def loops():
    log = []
    for number in numbers(4):
        if number == -1 or number == 2**61 - 1 or number == 2.5 or number == "a":
            log.append(number * 2**64 + 1.0)
            continue
        for key in {1: "a", 2.5: "b"}:
            if key == 2.5 and number > 2**62:
                break
            log.append((key, number // 3 - 2**63, "a" + "bc" * 2))
        else:
            log.append(number % -(2**65))
    while len(log) < 12:
        log.append(len(log) * 2**70 - 2**70)
        for item in Countdown(3):
            if item != 2**40:
                log.append(item + 2**62)
    for name, value in zip("ab", delegated(2)):
        log.append(name + repr(value))
    return log


def slices():
    items = [i * 2**50 for i in range(12)]
    middle = items[2:-2]
    items[1:3] = middle[:2]
    items[2:5] = (1, 2)
    items[:0] = [3] * 5
    del items[1:3]
    backwards = items[::-1][1::3]
    text = "a text" + str(len(items))
    parts = [text[1:], text[:-2], "t\u00e9xt\u20ac"[1:-1], b"bytes"[1:3], bytearray(b"array")[2:], memoryview(b"memory")[1:4]]
    anything = Any()
    anything[1 : (stop := 2**70)] = "new"
    kept = [anything[start : stop : 2] for start in (1, 2**63)]
    last = anything.last
    del anything[:: 2**65]
    return items, backwards, parts[:5], bytes(parts[5]), kept, last, anything.last, range(20)[3:18:4], middle[2:4][0]


def comprehensions(base):
    def scaled(item):
        return item * base

    rows = [[scaled(x) + y for y in range(3) if y != 1] for x in numbers(3)]
    table = {str(x): [x + base for _ in range(2)] for x in range(3)}
    unique = {x % 2 + base for x in range(5)}
    later = [lambda: x + base for x in range(2)]
    return rows, sorted(table.items()), sorted(unique), [call() for call in later]


def consumers():
    own = [Number(i) for i in (3, 1, 2, 4, 1)]
    plain = [3, 2**62, 1.5, 2**62]
    return [
        [sum(x for x in source) for source in (plain, own)][0],
        sum((x for x in own), 2**80).value,
        len({x for x in own}),
        len(set(x for x in own)),
        [x.value for x in sorted(x for x in own)],
        min(x for x in own).value,
        max((x for x in plain)),
        tuple(x * 2**60 for x in plain[:3]),
        list(x for x in delegated(3)),
        dict((str(x), [x]) for x in (1, 2)),
        ", ".join(str(x) for x in numbers(3)),
        all(x for x in own),
        any(not x for x in own),
        Number(4) in (x for x in own),
        2**62 in (x for x in plain),
        bytes(x for x in (1, 2, 3)),
        list(map(str, (x for x in plain))),
    ]


def integers():
    a, b = 3**90, -(2**127) - 5
    results = [a + b, a - b, a * b, a // b, a % b, divmod(b, 2**31), a & b, a | b, a ^ b, b >> 70, a << 65, pow(a, 77, 2**89 - 1)]
    results += [-a, ~b, abs(b), a / 2**100, float(b), a > b, a == a + 0, round(a, -40), round(2.675, 2), round(b, -3)]
    results.append("{:x} {:,} {}".format(a, b, hex(b)))
    results += [int(str(a)) == a, a.to_bytes(20, "big"), int.from_bytes(b"\xff" * 12, "little")]
    for _ in range(3):
        a = a * 2**33 // 7 - b
    results.append(a)
    return results


print(loops())
print(slices())
print(comprehensions(2**66))
print(consumers())
print(integers())
print(yields)
