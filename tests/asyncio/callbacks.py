# Functions that the loop calls: soon, later, at a time; their handles; what becomes of their exceptions.
# cpython
# run: --clock virtual
import asyncio


async def soon():
    loop = asyncio.get_running_loop()
    log = []

    async def task():
        log.append("task")

    loop.call_soon(log.append, 1)
    made = asyncio.create_task(task())
    handle = loop.call_soon(log.append, "never")
    loop.call_soon(log.append, 2)
    print(handle.cancelled())
    handle.cancel()
    handle.cancel()
    print(handle.cancelled(), log)
    await made
    await asyncio.sleep(0)
    print(log)
    await asyncio.sleep(0)
    loop.call_soon(lambda *args: log.append(args), 1, 2, 3, 4, 5, 6)
    loop.call_soon_threadsafe(log.append, "safe")
    await asyncio.sleep(0)
    print(log[-2:])


async def later():
    loop = asyncio.get_running_loop()
    log = []
    start = loop.time()
    third = loop.call_later(0.06, log.append, 3)
    loop.call_later(0.02, log.append, 1)
    second = loop.call_at(start + 0.04, log.append, 2)
    never = loop.call_later(0.01, log.append, "never")
    loop.call_later(0, log.append, 0)
    loop.call_later(-1, log.append, -1)
    never.cancel()
    print(type(third).__name__, never.cancelled(), abs(second.when() - start - 0.04) < 0.001)
    await asyncio.sleep(0.1)
    print(sorted(log[:2]), log[2:], loop.time() - start >= 0.06)


def fail():
    raise ValueError("in a callback")


async def failing():
    loop = asyncio.get_running_loop()
    seen = []
    loop.set_exception_handler(lambda loop, context: seen.append(type(context["exception"]).__name__))
    loop.call_soon(fail)
    future = loop.create_future()
    future.add_done_callback(lambda future: fail())
    future.set_result(None)
    await asyncio.sleep(0.01)
    print(seen)
    loop.set_exception_handler(None)


async def current():
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def look():
        try:
            asyncio.current_task()
            done.set_result("a task")
        except RuntimeError:
            done.set_result("no task")

    loop.call_soon(look)
    print(await done in ("a task", "no task"))


async def task_end():
    log = []

    async def work():
        await asyncio.sleep(0)
        return 5

    def end(task):
        log.append((task.get_name(), task.result()))

    task = asyncio.create_task(work(), name="worker")
    task.add_done_callback(end)
    task.add_done_callback(print)
    print(task.remove_done_callback(print))
    print(await task, log)
    await asyncio.sleep(0)
    print(log)
    task.add_done_callback(end)
    await asyncio.sleep(0)
    print(len(log))


for part in (soon, later, failing, current, task_end):
    print("--", part.__name__)
    asyncio.run(part())
