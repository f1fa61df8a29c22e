# A built-in that gathers what a generator yields: the generator goes on in place where that needs no Python, and not
# where it does. Neither can be told from the other.


class Word:
    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        print("eq", self.text, other.text)
        return self.text == other.text

    def __hash__(self):
        return 7

    def __lt__(self, other):
        print("lt", self.text, other.text)
        return self.text < other.text

    def __gt__(self, other):
        print("gt", self.text, other.text)
        return self.text > other.text

    def __bool__(self):
        print("bool", self.text)
        return self.text != ""

    def __add__(self, other):
        print("add", self.text, other.text)
        return Word(self.text + other.text)


def words(*texts):
    try:
        for text in texts:
            yield Word(text)
    finally:
        print("words end")


def items(*given):
    try:
        for item in given:
            got = yield item
            if got is not None:
                print("got", got)
    finally:
        print("items end")


# What is gathered, and where a generator ends.
print(list(items(1, 2, 3)), tuple(items(1, 2)), sorted(items(3, 1, 2)), sorted(set(items(1, 1.0, 2))))
print(sum(items(1, 2, 3)), sum(items(1, 2.5, 3)), sum(items(0x3FFFFFFF, 0x3FFFFFFF, 1 << 62, 1 << 62)))
print(max(items(1, 3, 2)), min(items(2, 1.0, 1)), max(items("a", "c", "b")), max(items(), default=5))
print("-".join(items("a", "b")), bytes(items(65, 66)), dict(items((1, 2), [3, 4])), 2 in items(1, 2, 3))
print(any(items(0, "", None)), all(items(1, "a")), any(items(0, 5, 0)), all(items(1, 0, 1)))
first, *rest = items(1, 2, 3)
print(first, rest)
more = [0]
more.extend(len(more) for _ in range(3))
more += items(9)
print(more)
print(dict.fromkeys(items("a", "b"), 0), {1, 5}.union(items(5, 6)) == {1, 5, 6}, {1, 2}.issuperset(items(1, 2)))

# What has not been asked for is still there.
left = items(1, 0, 2, 3)
print(all(left), next(left), list(left))
left = items(1, 2, 3)
print(2 in left, list(left))

# Items that need Python.
print(len(set(words("a", "b", "a"))))
print(max(words("b", "c", "a")).text, min(words("b", "a")).text, sorted(words("b", "a"))[0].text)
print(any(words("", "a", "b")), all(words("a", "")))
print(sum(words("b", "c"), Word("a")).text)
print(Word("b") in words("a", "b", "c"))
print(len(set(item for item in [1, Word("x"), 2, Word("x")])))

# Items that cannot be taken: the generator is not asked for more, and not told.
for gather in (set, sum, "".join, bytes, dict, max):
    generator = items(1, [], {}, "z")
    try:
        gather(generator)
    except (TypeError, ValueError) as error:
        print(type(error).__name__)
    generator.close()


# What a generator raises, by itself or by delegation, comes to whoever gathers.
def fails(after):
    yield from items(*range(after))
    raise KeyError(after)


for gather in (list, sum, set, any):
    try:
        print(gather(fails(2)))
    except KeyError as error:
        print("KeyError", error)


# Within one another, and a generator that gathers in its turn.
def nested(depth):
    if depth:
        yield sum(nested(depth - 1))
        yield from nested(depth - 1)
    else:
        yield 1


print(list(nested(4)))
print(sum(sum(j for j in range(i)) for i in range(20)))
print(tuple(tuple(i * j for j in range(3)) for i in range(3)))
print(set(max(tuple(k for k in range(j))) for j in range(1, 4)) == {0, 1, 2})


# One that asks for itself.
def again():
    yield 1
    try:
        yield sum(me)
    except ValueError as error:
        print("ValueError", error)
    yield 2


me = again()
print(list(me))
