# The built-in functions that programs use every day, with lambdas and generators as arguments.
print(abs(-3), all([]), all([1, 0]), any([]), any([0, 2]), bin(6), bool([]), callable(len), callable(1), chr(65), ord("A"))
print(divmod(17, 5), hex(255), oct(8), pow(2, 5), round(2.6), sum([1, 2]), sum((x for x in range(4)), 100), min(4, 2), max("b", "a"))
print(min([3, 1, 2], key=lambda x: -x), max([], default="none"), min((1, 2), (1, 1)), max("aa", "b", key=len), sorted({3: 0, 1: 0}))
print(isinstance(1, int), isinstance("a", (int, str)), issubclass(KeyError, Exception), type(1) is int, type("").__name__)
print(int(), float(), str(), list(), tuple(), dict(), bool(), bytes(), complex())
print(list(zip()), list(zip([1], [2], [3])), list(map(max, [1, 5], [4, 2])), list(enumerate([])), list(reversed("ab")), next(iter([5])))
print(len("four"), len([1]), len({}), repr("x"), str(1), hash(5) == hash(5), id("a") == id("b"), iter([]) is not None)
print(getattr("abc", "upper")(), hasattr(1, "nope"), getattr(1, "nope", "default"), type(None).__name__, type(len).__name__, type(lambda: 0).__name__)
print(eval("1 + 2 * 3"), eval("x + 1", {"x": 10}), [exec("made = 5")][0])
print(made)
scope = {}
exec("def f(n):\n    return n * 2\nresult = f(21)", scope)
print(scope["result"], scope["f"](2))
code = compile("a + b", "<formula>", "eval")
print(eval(code, {"a": 1, "b": 2}))


def numbered(f):
    return [f(i) for i in range(3)]


print(numbered(str), numbered(float), numbered(bool), numbered(range))
print(next(iter(range(3))), list(iter({"k": 0})))


class Plain:
    pass


p = Plain()
setattr(p, "name", 5)
print(getattr(p, "name"), hasattr(p, "name"), p.name, isinstance(p, Plain), isinstance(p, object), callable(p), callable(Plain))
delattr(p, "name")
print(hasattr(p, "name"), "name" in dir(p), "append" in dir([]))
for bad in (
    lambda: len(5),
    lambda: iter(5),
    lambda: next([]),
    lambda: abs("a"),
    lambda: chr(-1),
    lambda: max(),
    lambda: sum(["a"]),
    lambda: int([]),
    lambda: (5)(),
    lambda: None.x,
    lambda: getattr(1, "y"),
    lambda: isinstance(1, 2),
    lambda: -"a",
    lambda: 5[0],
    lambda: eval("1 +"),
    lambda: sorted(5),
    lambda: next(iter([])),
    lambda: zip(1),
    lambda: "a" < 1,
):
    try:
        print(bad())
    except (TypeError, ValueError, AttributeError, SyntaxError, StopIteration) as error:
        print(type(error).__name__ + ":", error)
print(1 is True, None is None, NotImplemented is NotImplemented, ... is Ellipsis, __name__)
print(globals()["p"] is p, "p" in globals(), type(globals()) is dict, type(locals()) is dict)
