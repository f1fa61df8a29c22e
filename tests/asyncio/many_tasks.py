# run: --clock virtual
# Enough tasks, events and sleeps that storage grows, shrinks and is used again.
import asyncio


async def add(n):
    await asyncio.sleep_ms(n % 7)
    return n


async def relay(mine, theirs):
    await mine.wait()
    theirs.set()


async def main():
    for round in range(3):
        tasks = [asyncio.create_task(add(n)) for n in range(200)]
        total = 0
        for task in tasks:
            total += await task
        print(round, total)

    # A chain of events: a signal goes through all of them.
    events = [asyncio.Event() for _ in range(101)]
    tasks = [asyncio.create_task(relay(events[n], events[n + 1])) for n in range(100)]
    await asyncio.sleep_ms(0)
    events[0].set()
    await events[100].wait()
    print(all([event.is_set() for event in events]))

    # Half of them are cancelled.
    tasks = [asyncio.create_task(asyncio.Event().wait() if n % 2 else add(n)) for n in range(100)]
    await asyncio.sleep_ms(20)
    cancelled = 0
    for n, task in enumerate(tasks):
        if n % 2:
            task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            cancelled += 1
    print(cancelled)

    # Deep awaits.
    async def deep(n):
        if n == 0:
            await asyncio.sleep_ms(1)
            return 0
        return 1 + await deep(n - 1)

    print(await deep(50))
    lock, counter = asyncio.Lock(), [0]

    async def locked():
        for _ in range(5):
            async with lock:
                seen = counter[0]
                await asyncio.sleep(0)
                counter[0] = seen + 1

    await asyncio.gather(*[locked() for _ in range(20)])
    print(counter)


asyncio.run(main())
