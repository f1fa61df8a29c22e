# run: --clock virtual
# Switching between tasks, sleeping, handing an event over and using a free lock need no memory: all go on while the
# heap is locked. And tasks that nobody can wake any more do not stay.
import asyncio
import gc
import micropython

turns = 0


async def take_turns(n):
    global turns
    while turns < n:
        turns += 1
        await asyncio.sleep(0)


async def sleep_on(n, ms):
    while n > 0:
        n -= 1
        await asyncio.sleep_ms(ms)


async def hand_over(n, mine, theirs):
    while n > 0:
        n -= 1
        await mine.wait()
        mine.clear()
        theirs.set()


async def use(n, lock):
    while n > 0:
        n -= 1
        await lock.acquire()
        lock.release()
        async with lock:
            pass


async def wait_for_flag(n, flag):
    while n > 0:
        n -= 1
        await flag.wait()


async def set_flag(n, flag):
    while n > 0:
        n -= 1
        flag.set()
        await asyncio.sleep_ms(1)


async def locked(*coroutines):
    tasks = []
    for coroutine in coroutines:
        tasks.append(asyncio.create_task(coroutine))
    # Once round, so that what is made at the first use is there.
    await asyncio.sleep_ms(3)
    micropython.heap_lock()
    await asyncio.sleep_ms(200)
    micropython.heap_unlock()
    done = True
    for task in tasks:
        done = done and task.done()
        await task
    return done


async def main():
    print("turns", await locked(take_turns(100), take_turns(100)))
    print("sleeps", await locked(sleep_on(40, 3), sleep_on(40, 2)))
    ping, pong = asyncio.Event(), asyncio.Event()
    ping.set()
    print("events", await locked(hand_over(50, ping, pong), hand_over(50, pong, ping), sleep_on(10, 1)))
    print("locks", await locked(use(50, asyncio.Lock()), sleep_on(10, 1)))
    flag = asyncio.ThreadSafeFlag()
    print("flags", await locked(wait_for_flag(50, flag), set_flag(50, flag)))

    # Parked for ever on something that is gone.
    async def forget():
        await asyncio.Event().wait()

    async def make():
        n = 0
        while n < 200:
            n += 1
            asyncio.create_task(forget())
        await asyncio.sleep_ms(1)
        gc.collect()
        return gc.mem_alloc()

    before = await make()
    for _ in range(5):
        after = await make()
    print("forgotten tasks go:", after - before < 2000)


asyncio.run(main())
