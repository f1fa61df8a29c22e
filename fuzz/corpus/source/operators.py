a = -b ** ~c * (d @ e) // f % g << 2 >> h & i | j ^ k
not a < b <= c != d is not e not in f in g
a if b else c if d else lambda x, *y, z=1, **w: (yield)
x = y = z, *w = a, *b
a += 1; b **= 2; c //= 3; d >>= e
(n := 10) + [i async for i in j]
