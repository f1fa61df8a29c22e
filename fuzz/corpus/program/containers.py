import array, collections
a = [5, 3, 1]
a[1:2] = a
a.sort(key=lambda x: -x, reverse=True)
d = {k: v for k, v in zip('abc', a)}
for k in list(d): d[k + k] = d.pop(k)
s = {1, 2} | {3} ^ {1} & frozenset((1, 5)) - {5}
q = collections.deque((), 3)
for i in a: q.append(i)
n = collections.namedtuple('N', 'x y')(1, y=2)
v = memoryview(array.array('h', range(6)))[1:-1]
v[0] = 9
print(a, d, s, list(q), n, bytes(v), sorted(d.items()), sum(a), min(s), [*reversed(a)])
