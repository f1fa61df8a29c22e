# run: --clock virtual
# What CPython 3.11 does not have or do: Queue.shutdown, a notification handed on, a request taken back.
import asyncio


async def shut_down():
    queue = asyncio.Queue(1)
    log = []

    async def get(name):
        try:
            log.append((name, await queue.get()))
        except asyncio.QueueShutDown:
            log.append((name, "shut down"))

    async def put(name):
        try:
            await queue.put(name)
            log.append((name, "put"))
        except asyncio.QueueShutDown:
            log.append((name, "shut down"))

    getters = [asyncio.create_task(get(n)) for n in range(2)]
    await asyncio.sleep(0)
    queue.shutdown()
    await asyncio.gather(*getters)
    print(log)
    log.clear()
    for ask in (queue.get_nowait, lambda: queue.put_nowait(1)):
        try:
            ask()
        except asyncio.QueueShutDown as error:
            print("QueueShutDown", error.args)

    # What is in it can still be got, unless it is shut down at once.
    for immediate in (False, True):
        queue = asyncio.Queue(1)
        queue.put_nowait("item")
        putters = [asyncio.create_task(put(n)) for n in range(2)]
        joiner = asyncio.create_task(queue.join())
        await asyncio.sleep(0)
        queue.shutdown(immediate=immediate)
        await asyncio.gather(*putters)
        print(log, queue.qsize(), joiner.done())
        log.clear()
        if not immediate:
            print(queue.get_nowait())
            queue.task_done()
        await joiner


async def handed_on():
    condition = asyncio.Condition()
    log = []

    async def wait(name):
        async with condition:
            try:
                await condition.wait()
                log.append(name)
            except asyncio.CancelledError:
                log.append((name, condition.locked()))

    tasks = [asyncio.create_task(wait(name)) for name in "ab"]
    await asyncio.sleep(0.01)
    async with condition:
        condition.notify()
        await asyncio.sleep(0)
        tasks[0].cancel()
    await asyncio.gather(*tasks)
    print(log)


async def taken_back():
    async def fail():
        await asyncio.sleep(0.01)
        raise ValueError

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
    except ExceptionGroup as error:
        print(error, asyncio.current_task().cancelling())


async def waiting_for_no_task():
    coro = fail_never()
    for given in ([coro], [None]):
        try:
            await asyncio.wait(given)
        except TypeError as error:
            print("TypeError:", error)
    coro.close()


async def fail_never():
    pass


for part in (shut_down, handed_on, taken_back, waiting_for_no_task):
    print("--", part.__name__)
    asyncio.run(part())
