# stress: 200
# list.sort and sorted: order, stability, keys, what happens when a comparison or a key raises.


def numbers(count, seed=12345):
    made = []
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2147483648
        made.append(seed)
    return made


def in_order(items):
    return all(items[i] <= items[i + 1] for i in range(len(items) - 1))


def in_reverse(items):
    return all(items[i] >= items[i + 1] for i in range(len(items) - 1))


# Every length around the sizes at which runs are merged.
for count in (0, 1, 2, 3, 5, 31, 255, 256, 257, 511, 513, 1025):
    items = numbers(count)
    plain = items.copy()
    plain.sort()
    backwards = items.copy()
    backwards.sort(reverse=True)
    halves = [item / 2 for item in items]
    halves.sort()
    texts = [str(item) for item in items]
    texts.sort(reverse=True)
    mixed = [item if i % 2 else item / 2 for i, item in enumerate(items)]
    mixed.sort()
    print(
        count,
        in_order(plain),
        in_reverse(backwards),
        in_order(halves),
        in_reverse(texts),
        in_order(mixed),
        sum(plain) == sum(items),
        sorted(backwards) == plain,
    )

# More than one run of numbers, and of strings.
few = numbers(500)
for many in (few * 600, [number / 4 for number in few] * 600, [str(number) for number in few] * 600):
    expected = sorted(many[:500])
    many.sort()
    print(many[::600] == expected, many[599::600] == expected)
    many.sort(reverse=True)
    print(many[::600] == expected[::-1], len(many))

# Equal keys keep their order, forwards and backwards, for plain keys and for others.
pairs = [(number % 7, i) for i, number in enumerate(numbers(700))]
by_first = sorted(pairs, key=lambda pair: pair[0])
print(in_order(by_first))
by_first = sorted(pairs, key=lambda pair: -pair[0], reverse=True)
print(in_order(by_first))
by_tuple = sorted(pairs, key=lambda pair: (pair[0],))
print(in_order(by_tuple))
print(sorted([3, 1.0, 1, True, 2], reverse=True))
print(sorted([0.0, -0.0, 0.0]), sorted([-0.0, 0.0, -0.0]))


class Weight:
    compared = 0

    def __init__(self, value, name=""):
        self.value = value
        self.name = name

    def __lt__(self, other):
        Weight.compared += 1
        return self.value < other.value

    def __repr__(self):
        return "%d%s" % (self.value, self.name)


weights = [Weight(3, "a"), Weight(1, "b"), Weight(3, "c"), Weight(2, "d"), Weight(1, "e")]
print(sorted(weights))
print(sorted(weights, reverse=True))
print(sorted(weights, key=lambda weight: weight.name, reverse=True))
Weight.compared = 0
sorted(Weight(number) for number in range(100))
print(Weight.compared < 300)


# A __lt__ that does not know the other side leaves it to the other's __gt__.
class Below:
    def __lt__(self, other):
        return NotImplemented

    def __gt__(self, other):
        return True

    def __repr__(self):
        return "below"


print(sorted([Weight(1), Weight(2)]), sorted([Below(), Below()]))

# What is true decides, not only True.
class Answer:
    def __init__(self, answer):
        self.answer = answer

    def __bool__(self):
        return self.answer


class Asked:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return Answer(self.value < other.value)

    def __repr__(self):
        return str(self.value)


print(sorted([Asked(2), Asked(3), Asked(1)]))

# Nested sequences, and sequences with instances in them.
print(sorted([[2, [1]], [1, [2]], [1, [1, 0]], [1, [1]]]))
print(sorted([(1, Weight(2)), (1, Weight(1)), (0, Weight(9))]))
print(sorted([b"b", b"a", b"ab"]), sorted(["é", "z", "a", ""]))
print(sorted([2**70, 1, -(2**70), 1.5]))

# Errors leave the list as it was.
items = [3, "a", 1]
try:
    items.sort()
except TypeError:
    print("TypeError", items)


def fails_at_two(item):
    if item == 2:
        raise ValueError("two")
    return item


items = [3, 2, 1]
try:
    items.sort(key=fails_at_two)
except ValueError as error:
    print(error, items)
for wrong in ({"key": 5}, {"rev": True}):
    try:
        [2, 1].sort(**wrong)
    except TypeError:
        print("TypeError")
try:
    [1].sort(lambda item: item)
except TypeError:
    print("TypeError")

# Built-in functions, methods and classes as keys.
print(sorted(["bbb", "a", "cc"], key=len), sorted(["B", "a"], key=str.lower), sorted(["10", "9"], key=int))
print(sorted({3: 1, 1: 2, 2: 0}.items(), key=lambda item: item[1]))
print(sorted("hello"), sorted({3, 1, 2}), sorted(range(5, 0, -1)), sorted(iter([2, 1])))
print([].sort(), sorted([]), sorted((), reverse=True))


# A key function may yield to the garbage collector and use the stack as it likes.
def deep(item, depth=20):
    return [item] * depth if depth == 0 else deep(item, depth - 1) or -item


print(sorted(range(20), key=deep))
