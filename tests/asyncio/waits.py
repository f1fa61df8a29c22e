# wait and as_completed: those of several tasks that are over first.
# cpython
# run: --clock virtual
import asyncio


async def work(name, seconds, error=None):
    await asyncio.sleep(seconds)
    if error:
        raise error
    return name


def tasks_of(*works):
    return [asyncio.create_task(work) for work in works]


async def waits():
    tasks = tasks_of(work("a", 0.01), work("b", 0.03), work("c", 0.02))
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(sorted(task.result() for task in done), len(pending), type(done).__name__)
    done, pending = await asyncio.wait(pending)
    print(sorted(task.result() for task in done), pending)
    print(await asyncio.wait(tasks) == (set(tasks), set()))
    tasks = tasks_of(work("a", 0.01), work("b", 0.02, ValueError("b")), work("c", 0.5))
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    print(len(done), len(pending), [type(t.exception()).__name__ for t in tasks if t in done])
    done, pending = await asyncio.wait(pending, timeout=0.01)
    print(len(done), len(pending))
    tasks[2].cancel()
    done, pending = await asyncio.wait({tasks[2]})
    print(len(done), len(pending), tasks[2].cancelled())
    future = asyncio.Future()
    asyncio.get_running_loop().call_later(0.01, future.set_result, "set")
    done, pending = await asyncio.wait([future])
    print(done.pop().result())


async def bad():
    for given in ([], asyncio.Future()):
        try:
            await asyncio.wait(given)
        except (TypeError, ValueError) as error:
            print(type(error).__name__)
    task = asyncio.create_task(work("x", 0.01))
    try:
        await asyncio.wait([task], return_when="NEVER")
    except ValueError as error:
        print("ValueError:", error)
    await task


async def cancelled():
    tasks = tasks_of(work("a", 0.03), work("b", 0.03))

    async def wait():
        await asyncio.wait(tasks)

    waiter = asyncio.create_task(wait())
    await asyncio.sleep(0.01)
    waiter.cancel()
    try:
        await waiter
    except asyncio.CancelledError:
        print("CancelledError", [task.done() for task in tasks])
    print(await asyncio.gather(*tasks))


async def completed():
    for next_one in asyncio.as_completed([work("a", 0.03), work("b", 0.01), work("c", 0.02)]):
        print(await next_one)
    for next_one in asyncio.as_completed(tasks_of(work("a", 0.01, KeyError("k")), work("b", 0.02))):
        try:
            print(await next_one)
        except KeyError as error:
            print("KeyError", error.args)
    try:
        for next_one in asyncio.as_completed([work("a", 0.01), work("b", 0.2)], timeout=0.05):
            print(await next_one)
    except asyncio.TimeoutError:
        print("TimeoutError")


for part in (waits, bad, cancelled, completed):
    print("--", part.__name__)
    asyncio.run(part())
