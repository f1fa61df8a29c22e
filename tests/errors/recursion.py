# Endless recursion is an error like any other, however it comes about, and the program goes on.
class Endless:
    def __getattr__(self, name):
        return getattr(self, name)

    def __add__(self, other):
        return self + other


def direct(n):
    return direct(n + 1)


def generator():
    yield from generator()


async def coroutine():
    await coroutine()


def mutual():
    return (lambda: mutual())()


for name, action in (
    ("function", lambda: direct(0)),
    ("generator", lambda: list(generator())),
    ("coroutine", lambda: coroutine().send(None)),
    ("attribute", lambda: Endless().x),
    ("operator", lambda: Endless() + 1),
    ("mutual", mutual),
    ("sorted", lambda: sorted([2, 1], key=direct)),
):
    try:
        action()
    except RuntimeError as error:
        print(name, "RuntimeError:", error)


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


print(deep(50))
