# Dicts: construction from anything, methods, views, order, changes while they are walked through.


def pairs(*values):
    for value in values:
        yield value


class Mapping:
    def __init__(self, **entries):
        self.entries = entries

    def keys(self):
        return iter(self.entries)

    def __getitem__(self, key):
        return self.entries[key]


class Pair:
    def __init__(self, key, value):
        self.both = key, value

    def __iter__(self):
        return iter(self.both)


# Construction.
print(dict(), dict({1: 2}), dict([(1, 2), [3, 4]]), dict(a=1, b=2), dict({"a": 1}, a=2, c=3))
print(dict(pairs((1, 2), "ab", [3, 4])), dict([pairs(1, 2), Pair(3, 4)]), dict({1: 2}.items()))
print(dict(zip("abc", range(3))), dict(Mapping(x=1, y=2)), dict(Mapping(x=1), x=5), dict(enumerate("ab")))
d = {1: 2}
print(dict(d) is d, dict(d) == d, {**d, 3: 4, **{1: 5}})
for wrong in (5, [1], [(1,)], [(1, 2, 3)], ["abc"], [pairs(1)]):
    try:
        dict(wrong)
    except (TypeError, ValueError) as error:
        print(type(error).__name__)

# Getting, setting and taking out.
d = {"a": 1, "b": None}
print(d.get("a"), d.get("b"), d.get("c"), d.get("c", 5), d.get("b", 5))
print(d.setdefault("a", 9), d.setdefault("z"), d.setdefault("y", []), d)
d["y"].append(1)
print(d.pop("y"), d.pop("nothing", "default"), d.pop("z"), d)
for attempt in (lambda: d.pop("nothing"), lambda: d["nothing"], lambda: {}.popitem()):
    try:
        attempt()
    except KeyError as error:
        print("KeyError", len(error.args))
try:
    del d["nothing"]
except KeyError as error:
    print("KeyError", error.args)
d = {1: "a", 2: "b", 3: "c"}
print(d.popitem(), d.popitem(), d)
d.clear()
print(d, len(d), bool(d))

# Updating.
d = {1: 1}
print(d.update({2: 2}), d.update([(3, 3)]), d.update(x=4), d.update(pairs((5, 5)), y=6), d.update(), d)
d.update(Mapping(x=7))
d.update(d)
print(d)
d |= {1: "one"}
d |= [(2, "two")]
print(d, {1: 2} | {3: 4} | {1: 0})
e = f = {1: 1}
e |= {2: 2}
print(f, e is f)

# From keys.
print(dict.fromkeys("abc"), dict.fromkeys(pairs(1, 2), 0), dict.fromkeys([]), {}.fromkeys(range(2), []))

# Order is that of the first insertion; taking out and putting back moves to the end.
d = {}
for key in "hello world":
    d[key] = d.get(key, 0) + 1
print(d)
del d["h"]
d["h"] = 1
d["e"] = 5
print(list(d), list(d.values())[-1])
d = {number: number for number in range(1000)}
for number in range(0, 1000, 3):
    del d[number]
for number in range(0, 30, 3):
    d[number] = -number
print(len(d), list(d)[:5], list(d)[-3:], sum(d), sum(d.values()), 999 in d, 998 in d)

# A queue and a stack of keys.
queue = {number: None for number in range(5)}
for number in range(5, 5000):
    first = next(iter(queue))
    del queue[first]
    queue[number] = None
print(list(queue))
stack = {}
for number in range(3000):
    stack[number] = number
    if number % 3 == 2:
        stack.popitem()
print(len(stack), stack.popitem())
while stack:
    stack.popitem()
print(stack)

# Views show what the dict is now.
d = {1: "a"}
keys, values, items = d.keys(), d.values(), d.items()
d[2] = "b"
print(keys, values, items, len(keys), list(items), 2 in keys, "b" in values, (2, "b") in items)
print(list(reversed(list(d))), sorted(d, reverse=True), max(d), [*d], {*d}, (*d.items(),))
del d[1]
print(keys, bool(values), bool({}.items()))

# Changing size while walking is noticed; changing values is fine.
d = {1: 1, 2: 2, 3: 3}
for key in d:
    d[key] = key * 10
print(d)
for change in (lambda: d.update({len(d) + 10: 0}), lambda: d.popitem()):
    try:
        for key in d:
            change()
    except RuntimeError:
        print("RuntimeError")
for view in (d.keys(), d.values(), d.items()):
    try:
        for _ in view:
            d[len(d) + 100] = 0
    except RuntimeError:
        print("RuntimeError")

# Equality does not look at the order, nor at the kind of number.
print({1: 2, 3: 4} == {3: 4, 1: 2}, {1: 2} == {1: 3}, {1: 2} == {1.0: 2.0}, {1: 2} != {2: 1}, {} == [], {1: {2: [3]}} == {1: {2: [3]}})
print({1: 1, 1.0: 2, True: 3}, {(1, 2): 3}[(1, 2)], {None: 1, ...: 2}[...], {"a" * 40: 1}["a" * 40])
big = 2**80
print({big: 1}[2**80], {0.5: 1}[1 / 2], {b"a": 1}[b"a"], {1: 2}.get(1 + 0j), {range(3): 1}[range(0, 3)])

# What cannot be a key.
for bad in ([], {}, set(), bytearray()):
    for attempt in (lambda: {bad: 1}, lambda: {1: 2}[bad], lambda: bad in {1: 2}, lambda: {1: 2}.get(bad)):
        try:
            attempt()
            print("no error")
        except TypeError:
            pass


# Keys with an equality of their own, which may even change the dict.
class Key:
    log = []

    def __init__(self, name, number):
        self.name = name
        self.number = number

    def __hash__(self):
        return self.number

    def __eq__(self, other):
        Key.log.append(self.name + other.name)
        return self.name == other.name


d = {Key("a", 1): "first", Key("b", 1): "second", Key("c", 2): "third"}
print(d[Key("b", 1)], d.get(Key("x", 1)), len(Key.log) > 0)
d[Key("a", 1)] = "again"
print(len(d), d[Key("a", 1)])


class Meddling:
    target = None

    def __hash__(self):
        return 1

    def __eq__(self, other):
        if Meddling.target is not None:
            Meddling.target.clear()
        return False


d = {Meddling(): 1, Meddling(): 2}
Meddling.target = d
print(d.get(Meddling()), len(d))
Meddling.target = None


class Raising:
    def __hash__(self):
        raise ValueError("no hash")


try:
    {Raising(): 1}
except ValueError as error:
    print(error)


class NoHash:
    def __eq__(self, other):
        return True


class NoneHash:
    __hash__ = None


for bad in (NoHash(), NoneHash()):
    try:
        {bad: 1}
    except TypeError:
        print("TypeError")

# Deep ones compare and print to a depth, and no further.
deep = {}
for _ in range(50):
    deep = {1: deep}
print(deep == deep, str(deep).count("{"))

# Keyword arguments from mappings.
def show(**kwargs):
    return sorted(kwargs.items())


print(show(**{"a": 1}, **Mapping(b=2)), show(**dict(c=3), d=4))
for attempt in (lambda: show(**{"a": 1}, **{"a": 2}), lambda: show(a=1, **{"a": 2}), lambda: show(**{1: 2}), lambda: show(**5)):
    try:
        attempt()
    except (TypeError, AttributeError):
        print("refused")
