# Dicts: methods, views, equality, keys of every type. Where more than one key is shown, they are sorted.
def show(d):
    print(sorted(d.items()))


d = {"a": 1, "b": 2}
d["c"] = 3
d["a"] += 10
show(d)
print(len(d), d["b"], d.get("b"), d.get("z"), d.get("z", 0), "a" in d, "z" not in d, sorted(d), sorted(d.keys()), sorted(d.values()))
print(d.pop("b"), d.pop("z", None), d.setdefault("n", 5), d.setdefault("a", 0))
show(d)
d.update({"x": 1, "a": 2})
d.update([("y", 7)], z=8)
show(d)
del d["x"]
e = d.copy()
e["only in e"] = 1
print(len(d), len(e), d == e, d == d.copy(), {} == {}, {1: 2} == {1.0: 2}, {1: 2} != {1: 3})
e.clear()
print(e, bool(e), bool(d), {"one": 1}, {1: {2: {3: []}}}, dict(), {"q": "it's"})
print(sorted(dict(a=1, b=2).items()), sorted(dict([(1, 2), (3, 4)]).items()), sorted(dict({"k": 1}, m=2).items()), dict(zip("a", [1])))
print(dict.fromkeys([1]), dict.fromkeys(["k"], 0), sorted(dict.fromkeys("abc", 1).items()))
keys = {1: "int", "1": "str", (1,): "tuple", None: "none", 1.5: "float", True: "replaces 1", range: "type"}
print(len(keys), keys[1], keys["1"], keys[(1,)], keys[None], keys[1.5], keys[1.0], keys[range])
single = {"k": "v"}
print(list(single), list(single.items()), list(single.values()), single.keys(), single.values(), single.items(), single.popitem(), single)
view = d.keys()
size = len(list(view))
d["new"] = 0
print(len(list(view)) - size, "new" in view)
for bad in (lambda: {}["missing"], lambda: {}[1], lambda: {}.pop("k"), lambda: {}.popitem(), lambda: {[]: 1}, lambda: dict([1]), lambda: {}.nothing):
    try:
        print(bad())
    except (KeyError, TypeError, AttributeError) as error:
        print(type(error).__name__ + ":", error)
counts = {}
for letter in "mississippi":
    counts[letter] = counts.get(letter, 0) + 1
show(counts)
many = {}
for i in range(1000):
    many[i * 7] = i
for i in range(0, 1000, 2):
    del many[i * 7]
print(len(many), many[7], 14 in many, sum(many.values()), sum(many), max(many))
for i in range(2000):
    many[str(i)] = i
print(len(many), many["1999"], all(many[str(i)] == i for i in range(2000)))
total = 0
for key in {1: 0, 2: 0, 3: 0}:
    total += key
print(total, [k for k in {"only": 1}], max({1: 2, 3: 0}))


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 3

    def __eq__(self, other):
        return self.n == other.n


table = {Key(i): i for i in range(10)}
print(len(table), all(table[Key(i)] == i for i in range(10)), Key(11) in table)
for i in range(0, 10, 3):
    del table[Key(i)]
print(sorted(table.values()))
