# Barrier: tasks that wait for each other.
# cpython
# run: --clock virtual
import asyncio


async def together():
    barrier = asyncio.Barrier(3)
    log = []

    async def come(name, seconds):
        await asyncio.sleep(seconds)
        log.append(name)
        index = await barrier.wait()
        log.append((name, index))

    print(barrier.parties, barrier.n_waiting, barrier.broken)
    tasks = [asyncio.create_task(come(name, 0.01 * n)) for n, name in enumerate("abc")]
    await asyncio.sleep(0.015)
    print(log, barrier.n_waiting)
    await asyncio.gather(*tasks)
    print(log[:3], sorted(log[3:]), barrier.n_waiting)
    # It can be used again.
    await asyncio.gather(*[barrier.wait() for _ in range(3)])
    try:
        asyncio.Barrier(0)
    except ValueError as error:
        print("ValueError:", error)

    async def block():
        async with barrier as index:
            return index

    print(sorted(await asyncio.gather(block(), block(), block())))
    print(sorted(await asyncio.gather(*[block() for _ in range(9)])))


async def broken():
    barrier = asyncio.Barrier(2)

    async def come():
        try:
            print(await barrier.wait())
        except asyncio.BrokenBarrierError as error:
            print("BrokenBarrierError", isinstance(error, RuntimeError), barrier.broken)

    task = asyncio.create_task(come())
    await asyncio.sleep(0.01)
    await barrier.abort()
    await task
    await come()
    await barrier.reset()
    print(barrier.broken)
    task = asyncio.create_task(come())
    await asyncio.sleep(0.01)
    await barrier.reset()
    await task
    print(barrier.broken, barrier.n_waiting)
    await asyncio.gather(come(), barrier.wait())


async def cancelled():
    barrier = asyncio.Barrier(2)
    tasks = [asyncio.create_task(barrier.wait())]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.sleep(0.01)
    print(barrier.n_waiting, tasks[0].cancelled())
    print(sorted(await asyncio.gather(barrier.wait(), barrier.wait())))


for part in (together, broken, cancelled):
    print("--", part.__name__)
    asyncio.run(part())
