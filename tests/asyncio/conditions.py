# Condition: waiting while holding a lock, until something has changed.
# cpython
# run: --clock virtual
import asyncio


async def notified():
    condition = asyncio.Condition()
    log = []

    async def wait(name):
        async with condition:
            log.append((name, await condition.wait(), condition.locked()))

    tasks = [asyncio.create_task(wait(name)) for name in "abcd"]
    await asyncio.sleep(0.01)
    print(condition.locked(), log)
    async with condition:
        condition.notify()
        print(log)
    await asyncio.sleep(0.01)
    print(log)
    async with condition:
        condition.notify(2)
    await asyncio.sleep(0.01)
    print(log)
    async with condition:
        condition.notify_all()
        condition.notify_all()
    await asyncio.gather(*tasks)
    print(log, condition.locked())


async def without_lock():
    condition = asyncio.Condition()
    for what in (condition.notify, condition.notify_all):
        try:
            what()
        except RuntimeError as error:
            print("RuntimeError:", error)
    try:
        await condition.wait()
    except RuntimeError as error:
        print("RuntimeError:", error)


async def predicates():
    lock = asyncio.Lock()
    condition = asyncio.Condition(lock)
    items = []

    async def consume():
        async with condition:
            print(await condition.wait_for(lambda: len(items) >= 3 and items))

    task = asyncio.create_task(consume())
    for number in range(4):
        await asyncio.sleep(0.01)
        async with lock:
            items.append(number)
            condition.notify()
    await task


async def cancelled():
    condition = asyncio.Condition()
    log = []

    async def wait(name):
        async with condition:
            try:
                await condition.wait()
                log.append(name)
            except asyncio.CancelledError:
                log.append((name, condition.locked()))

    tasks = [asyncio.create_task(wait(name)) for name in "abc"]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.sleep(0.01)
    print(log)
    async with condition:
        condition.notify()
        # Has been notified, and waits for the lock.
        tasks[1].cancel()
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.01)
    print(log[:2], condition.locked())
    async with condition:
        condition.notify_all()
    await asyncio.gather(*tasks)
    print(len(log))


for part in (notified, without_lock, predicates, cancelled):
    print("--", part.__name__)
    asyncio.run(part())
