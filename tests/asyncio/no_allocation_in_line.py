# run: --clock virtual
# Waiting in line needs no memory: queues, semaphores and contended locks go on while the heap is locked.
import asyncio
import micropython

turns = 0


async def put(queue, n):
    while n > 0:
        await asyncio.sleep_ms(1)
        await queue.put(n)
        await queue.put(n)
        n -= 1


async def get(queue, n):
    global turns
    while n > 0:
        await queue.get()
        queue.task_done()
        turns += 1
        n -= 1


async def use(what, n):
    global turns
    while n > 0:
        async with what:
            await asyncio.sleep_ms(1)
            turns += 1
        n -= 1


async def main():
    tasks = []
    for kind in (asyncio.Queue, asyncio.LifoQueue, asyncio.PriorityQueue):
        queue = kind(1)
        tasks += [asyncio.create_task(put(queue, 200)), asyncio.create_task(get(queue, 400))]
    for what in (asyncio.Semaphore(2), asyncio.BoundedSemaphore(1), asyncio.Lock()):
        tasks += [asyncio.create_task(use(what, 200)) for _ in range(4)]
    # Once everything has been used, all that is kept for later is there.
    await asyncio.sleep_ms(50)
    before = turns
    micropython.heap_lock()
    await asyncio.sleep_ms(100)
    micropython.heap_unlock()
    print(turns - before > 600)
    await asyncio.gather(*tasks)
    print(turns)


asyncio.run(main())
