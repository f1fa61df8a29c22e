# Functions over iterables, with built-in containers, iterators written in Python, and generators.


class Counter:
    def __init__(self, end):
        self.end = end
        self.last = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.last >= self.end:
            raise StopIteration
        self.last += 1
        return self.last


class ByIndex:
    def __getitem__(self, index):
        if index > 2:
            raise IndexError
        return index * 10

    def __len__(self):
        return 3


class Vector:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.value + other.value)

    def __radd__(self, other):
        return Vector(other + self.value)

    def __lt__(self, other):
        return self.value < other.value

    def __gt__(self, other):
        return self.value > other.value

    def __bool__(self):
        return self.value > 0

    def __repr__(self):
        return "Vector(%d)" % self.value


def generate(end):
    for number in range(end):
        yield number


print(sum([1, 2, 3]), sum(Counter(4)), sum(generate(5), 10), sum([1.5, 2]), sum(ByIndex()))
print(sum([Vector(1), Vector(2)]), sum([[1], [2]], []), sum((), "start"))
print(all([]), any([]), all([1, 0]), any([0, 1]), all(Counter(3)), any(generate(1)))
print(all([Vector(1), Vector(0)]), any([Vector(0), Vector(2)]))
print(max(1, 2, 3), min([3, 1, 2]), max(Counter(4)), min(generate(3)), max("bca"))
print(max([Vector(1), Vector(5), Vector(2)]), min(Vector(4), Vector(3)))
print(max([1, -5, 2], key=abs), min("aBc", key=lambda text: text.lower()), max([], default="none"))
print(list(map(lambda x: x * 2, [1, 2, 3])), list(map(lambda x, y: x + y, Counter(3), generate(9))))
print(list(map(lambda *all: all, "ab", "cd", "ef", "gh", "ij")))
print(list(filter(None, [0, 1, Vector(0), Vector(2)])), list(filter(lambda x: x % 2, generate(6))))
print(list(zip()), list(zip([1, 2], generate(5), Counter(3))), list(enumerate(generate(2), 5)))
print(list(enumerate("ab", start=-1)), list(reversed([1, 2, 3])), list(reversed(ByIndex())))
print(sorted([3, 1, 2]), sorted("bca", reverse=True), sorted(generate(3), key=lambda x: -x))
print(next(iter([5])), next(Counter(0), "default"), next(generate(1)), next(iter(ByIndex())))
print(len([1]), len(ByIndex()), len(range(0, 10, 3)))
print(map(abs, []), zip(), enumerate([]), filter(None, []), reversed([]), iter([]), enumerate)


class Doubles(map):
    pass


print(list(Doubles(lambda x: 2 * x, range(3))))


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(repr(error))


attempt(lambda: max([]))
attempt(lambda: max())
attempt(lambda: sum(["a"]))
attempt(lambda: sorted([], 1))
attempt(lambda: sorted([], wrong=1))
attempt(lambda: next(1))
attempt(lambda: iter(1))
attempt(lambda: next(Counter(0)))
attempt(lambda: enumerate())
attempt(lambda: enumerate([], start="a"))
attempt(lambda: map(1))
attempt(lambda: list(map(1, [1])))
attempt(lambda: zip(1))
attempt(lambda: reversed(1))
attempt(lambda: len(1))
attempt(lambda: sum(generate(3), "a"))
attempt(lambda: list(zip(Counter(2), [1 // 0 for _ in "a"])))
class Truthy:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return [1] if self.n < other.n else []

    def __gt__(self, other):
        return self.n - other.n if self.n > other.n else 0


items = [Truthy(n) for n in (3, 1, 4, 1, 5)]
print(max(items).n, min(items).n, max([3, 1, 2], key=lambda n: Truthy(-n)))
