# Every kind of parameter a function can have, and every kind of argument a call can give.


def plain(a, b):
    return (a, b)


def with_defaults(a, b=2, c=3):
    return (a, b, c)


def star(a, *rest):
    return (a, rest)


def keyword_only(a, *, b, c=30):
    return (a, b, c)


def double_star(a, **named):
    return (a, sorted(named.items()))


def everything(a, b=2, *rest, c, d=4, **named):
    return (a, b, rest, c, d, sorted(named.items()))


def attempt(function, *arguments, **named):
    try:
        print(function(*arguments, **named))
    except TypeError as error:
        print("TypeError:", error)


print(plain(1, 2), plain(b=1, a=2), plain(1, b=5))
print(with_defaults(1), with_defaults(1, 20), with_defaults(1, c=9), with_defaults(c=1, a=2))
print(star(1), star(1, 2, 3), star(*[1, 2]), star(0, *range(3), *"ab"))
print(keyword_only(1, b=2), keyword_only(1, c=3, b=2))
print(double_star(1), double_star(1, x=2, y=3), double_star(**{"a": 1, "z": 26}))
print(everything(1, c=3))
print(everything(1, 2, 3, 4, c=5, d=6, e=7, f=8))
print(everything(*(1, 2), *(3,), c=0, **{"d": 1}, **{"k": 2}))

attempt(plain)
attempt(plain, 1)
attempt(plain, 1, 2, 3)
attempt(plain, 1, 2, a=3)
attempt(plain, 1, c=3)
attempt(with_defaults)
attempt(keyword_only, 1)
attempt(keyword_only, 1, 2)
attempt(star)
attempt(everything, 1)

# Defaults are evaluated once, when the function is made.
made = []


def remember(x, seen=made):
    seen.append(x)
    return seen


remember(1)
remember(2)
print(made, remember(3) is made)

# A parameter may be rebound and deleted like any other local.
def rebind(a):
    a += 1
    b = a
    del a
    try:
        return a
    except NameError:
        return "deleted, was " + str(b)


print(rebind(4))


def annotated(a: int, b: "text" = 2, *c: 1, d: str = "x") -> None:
    return a, b, c, d


print(annotated(1, d="y"))
print((lambda: 1)(), (lambda x, y=2: x + y)(1), (lambda *a, **k: (a, k))(1, z=2))


# Arguments are evaluated from left to right, and the function before them.
def note(x):
    print("evaluated", x)
    return x


def get():
    print("function")
    return star


print(get()(note(1), note(2), *note([3]), note(4)))
