# Coroutines on the event loop.

import asyncio


async def worker(name, delay, lock, results):
    async with lock:
        await asyncio.sleep_ms(delay)
    results.append(name)
    return name * 2


async def ticker(event):
    while True:
        try:
            await event.wait()
            event.clear()
        except asyncio.CancelledError:
            print('cancelled')
            raise


async def main():
    results = []
    lock = asyncio.Lock()
    event = asyncio.Event()
    flag = asyncio.ThreadSafeFlag()
    task = asyncio.create_task(ticker(event))
    print(await asyncio.gather(*[worker(n, 10 - n, lock, results) for n in range(4)]))
    event.set()
    await asyncio.sleep_ms(1)
    flag.set()
    await flag.wait()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print('task is gone', task.done())
    try:
        await asyncio.wait_for_ms(worker('late', 100, lock, results), 5)
    except asyncio.TimeoutError:
        print('too slow')
    print(await asyncio.wait_for(worker('w', 1, lock, results), 1), results)


asyncio.run(main())
