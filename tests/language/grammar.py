# Corners of the grammar: how lines join, what may stand where, and what binds how tightly.
x = 1; y = 2;
print(x, y)  # a comment behind code
if x == 1: y = 3; print(y)
long = (1 +
        2  # inside brackets lines join
        + 3)
joined = 1 + \
    2
print(long, joined, [1,
    2,
], {
    "k": 1,  # and trailing commas are fine
}, (1,), "a" "b"
    "c")
def one_line(a): return a + 1
class Empty: pass
class Base(): x = 1
print(one_line(1), Empty.__name__, Base.x)
print(1 + 2 * 3 ** 2, (1 + 2) * 3, -2 ** 2, 2 ** -1, 2 ** 3 ** 2, -3 % 5, 7 // 2 * 2, 1 << 2 + 1, 6 & 3 | 8 ^ 1, not 1 == 2)
print(1 if x else 2, [1, 2][x], (lambda a, *b, c=3, **d: (a, b, c, d))(1, 2, e=4), (lambda: (yield))().__class__.__name__)
print(~-+1, - -1, not not x, x < y == 3, 1 < 2 < 3 > 2, 1 or 1 / 0, 0 and 1 / 0, "a" in "abc" in ["abc"], x is not None, 5 not in [1])
print(0b1010, 0o17, 0xfF, 1_000, 1e3, 1.5e-3, .5, 5., 0.0, 00)
print('single' "double" '''triple''' """more""", 'a\'b', "tab\tend", r'\d', '''multi
line''')


def docstring():
    """Says what it does."""
    return 5


print(docstring())
if x:
    if y:
        print("two deep")
    else:
        pass
else:
    pass
for i in 1, 2, 3: print(i, end=" ")
else: print("else")
for i, in [(1,), (2,)]: print(i, end=" ")
while x: x -= 1
else: print("done", x)
for a, b in {1: 2}.items(): print(a, b)
try: 1 / 0
except ZeroDivisionError: print("caught")
finally: print("finally")
with_name = async_name = await_name = match = case = type = _ = 1
print(match + case + type + _)
assert (x, "never false")
del x, (y)
async def coroutine(): return 1
print((n := 10) + n, [m := k for k in (11, 12)], m)
print({1, 2} == {2, 1}, {1: 2}[1], [[]][0], ()[:], "abc"[1:][0], (1, 2)[-1], [1, 2, 3][1:][0], f"{'nested ' + f'{n}'}")


def annotated(a: "first", b: int = 1, *c: tuple, d: list = None, **e: dict) -> "anything at all":
    z: int = 5
    w: str
    return a, b, z


print(annotated(1))
value: int = 3
class Typed:
    field: int
    other: str = "set"
print(value, Typed.other)
def plus_one(f): return lambda: f() + 1
@plus_one
def decorated(): return 1
print(decorated())
if True:
	print("tabs indent too")
def outer():
    def inner():
        return 1
    # a comment at another depth
  # and another
    return inner()
print(outer())
global_one = 1
def uses_global():
    global global_one, brand_new
    global_one += 1; brand_new = "new"
uses_global()
print(global_one, brand_new)
print((yield_like := 3), (1).__class__ is int)
print(*(i for i in range(2)), *[], sep="-"); print("last", end="\n")
