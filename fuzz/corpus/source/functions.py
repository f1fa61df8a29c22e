@a.b(c)
def f(a, /, b: int = 1, *c, d, e=2, **g) -> x:
    global h
    def k():
        nonlocal b
        yield from c
        return b
    return lambda: (await a)
async def g(*, a):
    async with a as b, c: await d
    async for e in f: yield e
class C(B, metaclass=M): x: int = 1; y: str
