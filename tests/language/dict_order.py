# A dict shows its keys in the order in which they came, whatever is deleted between. (Upstream promises no order.)
d = {"z": 1, "a": 2, 10: 3, "m": 4}
print(d, list(d), list(d.values()))
del d["a"]
d["a"] = 5
d["z"] = 6
print(d)
for i in range(20):
    d[i] = i
for i in range(0, 20, 3):
    del d[i]
d["last"] = None
print(list(d))
print(d.popitem(), list(d)[-1])
print({k: v for k, v in [("c", 1), ("b", 2), ("c", 3)]}, dict(y=1, x=2), dict([(3, 0), (1, 0), (2, 0)]))


def named(**arguments):
    return list(arguments)


print(named(one=1, two=2, three=3, four=4), named(**{"b": 1, "a": 2}))
d.clear()
d["new"] = 1
d[0] = 2
print(d, d.copy())
