# run: --clock virtual
# Lock: one at a time, first come first served, handed on when the heir is cancelled.
import asyncio


async def use(name, lock, ms):
    async with lock:
        print(name, "has the lock", lock.locked())
        await asyncio.sleep_ms(ms)
        print(name, "gives it back")


async def main():
    lock = asyncio.Lock()
    print(lock.locked())
    await asyncio.gather(use("a", lock, 10), use("b", lock, 0), use("c", lock, 5))
    print(lock.locked())
    await lock.acquire()
    tasks = [asyncio.create_task(use(n, lock, 0)) for n in range(3)]
    await asyncio.sleep_ms(0)
    tasks[0].cancel()
    lock.release()
    for n, task in enumerate(tasks):
        try:
            await task
        except asyncio.CancelledError:
            print(n, "cancelled while it waited")
    try:
        lock.release()
    except RuntimeError as error:
        print("RuntimeError:", error)

    async def fails():
        async with lock:
            raise ValueError("inside")

    try:
        await fails()
    except ValueError as error:
        print("ValueError:", error, lock.locked())

    # Whoever releases does not get it back before the one that waited.
    async def greedy(name):
        for turn in range(3):
            async with lock:
                print(name, turn)
                await asyncio.sleep_ms(0)

    await asyncio.gather(greedy("left"), greedy("right"))

    # The holder is cancelled.
    holder = asyncio.create_task(use("holder", lock, 1000))
    await asyncio.sleep_ms(0)
    next_one = asyncio.create_task(use("next", lock, 0))
    await asyncio.sleep_ms(0)
    holder.cancel()
    await next_one
    try:
        await asyncio.wait_for_ms(use("limited", lock, 1000), 10)
    except asyncio.TimeoutError:
        print("TimeoutError", lock.locked())


asyncio.run(main())
