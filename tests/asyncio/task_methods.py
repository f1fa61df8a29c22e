# What a Task can be asked: its result, exception, name, coroutine, how often it was asked to stop.
# cpython
# run: --clock virtual
import asyncio


async def give(value):
    await asyncio.sleep(0)
    return value


async def fail():
    await asyncio.sleep(0)
    raise ValueError("failed")


async def hang():
    await asyncio.sleep(10)


async def ends():
    for coro in (give(3), fail(), hang()):
        task = asyncio.create_task(coro)
        try:
            task.result()
        except asyncio.InvalidStateError as error:
            print("InvalidStateError:", error)
        try:
            task.exception()
        except asyncio.InvalidStateError as error:
            print("InvalidStateError:", error)
        try:
            await asyncio.wait_for(task, 0.05)
        except (ValueError, asyncio.TimeoutError):
            pass
        print(task.done(), task.cancelled())
        for ask in (task.result, task.exception):
            try:
                print(repr(ask()) if ask() is None else type(ask()).__name__)
            except ValueError as error:
                print("ValueError:", error)
            except asyncio.CancelledError as error:
                print("CancelledError")


async def names():
    task = asyncio.create_task(give(1), name="one")
    other = asyncio.create_task(give(2))
    print(task.get_name(), other.get_name().startswith("Task-"), other.get_name() == other.get_name())
    other.set_name(22)
    print(other.get_name(), asyncio.current_task().get_name().startswith("Task-"))
    coro = give(3)
    third = asyncio.get_running_loop().create_task(coro, name="third")
    print(third.get_name(), third.get_coro() is coro)
    await asyncio.gather(task, other, third)
    print(task.get_name())


async def everybody():
    tasks = {asyncio.create_task(hang()) for _ in range(3)}
    done = asyncio.create_task(give(1))
    await done
    found = asyncio.all_tasks()
    print(len(found), tasks < found, asyncio.current_task() in found, done in found)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(len(asyncio.all_tasks()))


async def requests():
    async def stubborn():
        while True:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError as error:
                print("asked to stop", error.args, asyncio.current_task().cancelling())
                if asyncio.current_task().cancelling() > 1:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    print(task.cancelling(), task.cancel("once"), task.cancelling())
    await asyncio.sleep(0.01)
    print(task.uncancel(), task.uncancel(), task.done())
    task.cancel()
    await asyncio.sleep(0.01)
    print(task.done(), task.cancelling())
    task.cancel("again")
    await asyncio.sleep(0.01)
    print(task.done(), task.cancelled(), task.cancel(), task.cancelling())


async def messages():
    async def inner():
        await asyncio.sleep(10)

    async def outer():
        await asyncio.create_task(inner())

    for coro in (inner(), outer(), asyncio.Event().wait(), asyncio.Queue().get()):
        task = asyncio.create_task(coro)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel("why")
        try:
            await task
        except asyncio.CancelledError as error:
            print(error.args)


async def itself():
    async def wait():
        await asyncio.current_task()

    try:
        await asyncio.create_task(wait())
    except RuntimeError as error:
        print("RuntimeError:", str(error)[:27])


for part in (ends, names, everybody, requests, messages, itself):
    print("--", part.__name__)
    asyncio.run(part())
