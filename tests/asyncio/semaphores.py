# Semaphore and BoundedSemaphore: so many at a time, in order, and what a cancellation gives back.
# cpython
# run: --clock virtual
import asyncio


async def use(name, semaphore, seconds):
    async with semaphore:
        print(name, "in", semaphore.locked())
        await asyncio.sleep(seconds)
        print(name, "out")


async def places():
    semaphore = asyncio.Semaphore(2)
    print(semaphore.locked())
    await asyncio.gather(*[use(name, semaphore, 0.02 + 0.01 * n) for n, name in enumerate("abcd")])
    print(semaphore.locked(), semaphore._value)
    print(await semaphore.acquire(), await semaphore.acquire(), semaphore.locked())
    semaphore.release()
    semaphore.release()
    semaphore.release()
    print(semaphore._value)


async def no_barging():
    semaphore = asyncio.Semaphore(1)
    await semaphore.acquire()
    log = []

    async def take(name):
        await semaphore.acquire()
        log.append(name)

    first = asyncio.create_task(take("first"))
    await asyncio.sleep(0)
    semaphore.release()
    print(semaphore.locked())
    second = asyncio.create_task(take("second"))
    await first
    semaphore.release()
    await second
    print(log)


async def cancelled():
    semaphore = asyncio.Semaphore(0)
    log = []

    async def take(name):
        try:
            await semaphore.acquire()
            log.append(name)
        except asyncio.CancelledError:
            log.append(name + " cancelled")

    tasks = [asyncio.create_task(take(name)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[0].cancel()
    semaphore.release()
    await asyncio.sleep(0.01)
    print(sorted(log))
    # Given a place, and cancelled before it runs: the place goes back.
    semaphore.release()
    tasks[2].cancel()
    await asyncio.sleep(0.01)
    print(sorted(log), semaphore._value, semaphore.locked())


async def bounded():
    semaphore = asyncio.BoundedSemaphore(value=1)
    print(isinstance(semaphore, asyncio.Semaphore))
    async with semaphore:
        print(semaphore.locked())
    try:
        semaphore.release()
    except ValueError as error:
        print("ValueError:", error)
    try:
        asyncio.Semaphore(-1)
    except ValueError as error:
        print("ValueError:", error)


class Counting(asyncio.Semaphore):
    def __init__(self, value):
        super().__init__(value)
        self.count = 0

    async def acquire(self):
        self.count += 1
        return await super().acquire()


async def derived():
    semaphore = Counting(1)
    print(await semaphore.acquire(), semaphore.count, semaphore.locked())


for part in (places, no_barging, cancelled, bounded, derived):
    print("--", part.__name__)
    asyncio.run(part())
