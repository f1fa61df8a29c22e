# run: -X heapsize=4M
# A program that fills its heap gets a MemoryError, which it can catch and go on.
def fill(make):
    kept = []
    while True:
        kept.append(make(len(kept)))


def grow(thing):
    while True:
        thing = thing + thing


def grow_dict(_):
    table = {}
    n = 0
    while True:
        table[n] = [n] * 5000
        n += 1


for name, action in (
    ("lists", lambda: fill(lambda n: [n] * 10000)),
    ("bytes", lambda: fill(lambda n: bytearray(100000))),
    ("one list", lambda: grow([0] * 100)),
    ("one str", lambda: grow("abcdefgh" * 100)),
    ("dict", lambda: grow_dict(0)),
    ("at once", lambda: bytearray(1 << 40)),
    ("list at once", lambda: [None] * (1 << 40)),
):
    try:
        action()
    except MemoryError:
        print(name, "MemoryError")
    except OverflowError:
        # With 32-bit sizes the number itself is too large.
        print(name, "MemoryError")
print(sum([n for n in range(1000)]), len("x" * 10000))
