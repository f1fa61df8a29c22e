# Cancelling a task in every state that it can be in.
# cpython
# run: --clock virtual
import asyncio


async def swallow(log):
    while True:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log.append("swallowed")
            if len(log) == 3:
                return "done"


async def wait_on(make):
    await make()


def name_of(result):
    return type(result).__name__ if isinstance(result, BaseException) else result


async def main():
    event, lock, queue, full = asyncio.Event(), asyncio.Lock(), asyncio.Queue(), asyncio.Queue(1)
    semaphore, future, condition = asyncio.Semaphore(0), asyncio.Future(), asyncio.Condition()
    full.put_nowait(1)
    full_put = lambda: full.put(2)
    await lock.acquire()

    async def on_condition():
        async with condition:
            await condition.wait()

    async def sleeper():
        await asyncio.sleep(10)

    async def never_begun():
        print("never printed")

    child = asyncio.create_task(sleeper())
    waits = {
        "sleep": lambda: asyncio.sleep(10),
        "event": event.wait,
        "lock": lock.acquire,
        "get": queue.get,
        "put": full_put,
        "join": full.join,
        "semaphore": semaphore.acquire,
        "condition": on_condition,
        "gather": lambda: asyncio.gather(sleeper(), sleeper()),
        "wait_for": lambda: asyncio.wait_for(event.wait(), 10),
        "wait": lambda: asyncio.wait([asyncio.create_task(sleeper())], timeout=10),
        "shield": lambda: asyncio.shield(sleeper()),
        "task": lambda: child,
    }

    async def on_future():
        await future

    waits["future"] = on_future

    async def on_task():
        await child

    waits["task"] = on_task
    for name, make in waits.items():
        task = asyncio.create_task(wait_on(make))
        await asyncio.sleep(0.01)
        asked = task.cancel()
        result = (await asyncio.gather(task, return_exceptions=True))[0]
        print(name, asked, name_of(result), task.cancelled(), task.cancel())
    print("child", child.cancelled(), future.cancelled(), lock.locked(), condition.locked(), queue.qsize())

    # Not begun; ready to run; over; several times; swallowed.
    task = asyncio.create_task(never_begun())
    print(task.cancel(), task.cancel())
    print(name_of((await asyncio.gather(task, return_exceptions=True))[0]))
    task = asyncio.create_task(wait_on(event.wait))
    await asyncio.sleep(0)
    event.set()
    print(task.cancel())
    print(name_of((await asyncio.gather(task, return_exceptions=True))[0]))
    log = []
    task = asyncio.create_task(swallow(log))
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
    print(await task, log, task.cancelled(), task.cancel())
    # Everything can still be used.
    lock.release()
    async with lock:
        queue.put_nowait(1)
        print(await queue.get(), full.get_nowait())
    semaphore.release()
    print(await semaphore.acquire())


asyncio.run(main())
