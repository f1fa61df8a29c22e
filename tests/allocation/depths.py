# Built-in functions that change something and then need a frame, where the frames' own memory has to grow.

import asyncio

# Two at a time, so that it is sometimes the built-in function whose frame finds no place.
DEPTHS = range(0, 60, 2)
queue = []


async def task(number):
    queue.append(number)
    return number


def at(depth, act):
    return at(depth - 1, act) if depth else act()


print([at(depth, lambda: asyncio.run(task(depth))) for depth in DEPTHS])
print(queue)


def numbers():
    for number in range(3):
        yield number


items = [3, 1, 2]
print([at(depth, lambda: items.sort(key=lambda item: -item) or items[0]) for depth in range(61, 64)])
generator = numbers()
print([at(depth, lambda: next(generator, 'end')) for depth in range(65, 70)])
table = {}
print([at(depth, lambda: table.setdefault(depth, len(table))) for depth in range(124, 129)])
