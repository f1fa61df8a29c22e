# run: --clock virtual
# Tasks take turns in the order in which they became ready; a result waits for whoever asks.
import asyncio


async def worker(name, turns):
    for turn in range(turns):
        print(name, turn)
        await asyncio.sleep(0)
    return name + " done"


async def child(n):
    if n == 0:
        return ["leaf"]
    return [n] + await asyncio.create_task(child(n - 1))


async def main():
    tasks = [asyncio.create_task(worker(name, n)) for name, n in (("a", 2), ("b", 3), ("c", 1))]
    print("created, nothing has run", [task.done() for task in tasks])
    print(await tasks[0])
    print(await tasks[2], [task.done() for task in tasks])
    print(await tasks[1])
    # A finished task gives its result again.
    print(await tasks[0], await tasks[1], tasks[1].done())

    print(await child(3))
    print(await worker("called directly", 1))

    # Several wait for one, and go on in the order in which they came.
    slow = asyncio.create_task(worker("slow", 2))

    async def wait_for_slow(n):
        print("waiter", n, await slow)

    waiters = [asyncio.create_task(wait_for_slow(n)) for n in range(3)]
    for waiter in waiters:
        await waiter

    # A task that is not awaited runs anyway, and goes on when its maker has finished waiting.
    asyncio.create_task(worker("background", 2))
    await asyncio.sleep_ms(1)
    print("same task", asyncio.current_task() is asyncio.current_task(), asyncio.current_task().done())
    return "main result"


print(asyncio.run(main()))
try:
    asyncio.current_task()
except RuntimeError as error:
    print("RuntimeError:", error)
for wrong in (5, None, main, "text"):
    try:
        asyncio.create_task(wrong)
    except TypeError as error:
        print("TypeError:", error)


async def unfinished():
    asyncio.create_task(worker("left over", 2))
    return "returns before its child runs"


print(asyncio.run(unfinished()))
print(asyncio.run(child(1)))
