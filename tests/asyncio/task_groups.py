# TaskGroup: all over when the block is; the first failure stops the others.
# cpython
# run: --clock virtual
import asyncio


async def work(name, seconds, log):
    try:
        await asyncio.sleep(seconds)
        log.append(name)
        return name
    except asyncio.CancelledError:
        log.append(name + " cancelled")
        raise


async def fail(error, seconds=0.01):
    await asyncio.sleep(seconds)
    raise error


async def all_well():
    log = []
    async with asyncio.TaskGroup() as group:
        first = group.create_task(work("a", 0.02, log))
        second = group.create_task(work("b", 0.01, log), name="second")
        print(second.get_name(), log)
    print(log, first.result(), second.result())
    try:
        group.create_task(work("late", 0, log)).cancel()
    except RuntimeError:
        print("RuntimeError")
    async with asyncio.TaskGroup() as group:
        pass


async def failing():
    log = []
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work("a", 0.5, log))
            group.create_task(fail(ValueError("one")))
            await work("body", 1, log)
    except ExceptionGroup as error:
        print(error, error.message, [repr(e.args) for e in error.exceptions])
    print(sorted(log), asyncio.current_task().cancelling())
    log.clear()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work("a", 0.5, log))
            group.create_task(fail(ValueError("one")))
            group.create_task(fail(KeyError("two")))
    except ExceptionGroup as error:
        print(error, [type(e).__name__ for e in error.exceptions])
    print(log)
    await asyncio.sleep(0.01)


async def failing_body():
    log = []
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work("a", 0.5, log))
            await asyncio.sleep(0)
            raise TypeError("in the body")
    except ExceptionGroup as error:
        print(error, [type(e).__name__ for e in error.exceptions], log)


async def cancelled():
    log = []

    async def outer():
        async with asyncio.TaskGroup() as group:
            group.create_task(work("a", 0.5, log))
            await work("body", 1, log)

    task = asyncio.create_task(outer())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError", sorted(log))

    async def waiting():
        async with asyncio.TaskGroup() as group:
            group.create_task(work("b", 0.5, log))

    log.clear()
    task = asyncio.create_task(waiting())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError", sorted(log))
    # A child that is cancelled is no failure.
    async with asyncio.TaskGroup() as group:
        child = group.create_task(work("c", 0.5, log))
        await asyncio.sleep(0)
        child.cancel()
    print(child.cancelled())


async def nested():
    log = []
    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(work("outer", 0.5, log))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(work("inner", 0.5, log))
                inner.create_task(fail(ValueError("deep")))
    except ExceptionGroup as error:
        print(error, error.exceptions[0], type(error.exceptions[0].exceptions[0]).__name__)
    print(sorted(log))


async def with_timeout():
    log = []
    try:
        async with asyncio.timeout(0.01):
            async with asyncio.TaskGroup() as group:
                group.create_task(work("a", 0.5, log))
    except asyncio.TimeoutError:
        print("TimeoutError", log)


async def growing():
    log = []

    async def spawn(group, depth):
        log.append(depth)
        if depth:
            group.create_task(spawn(group, depth - 1))
            group.create_task(spawn(group, depth - 1))

    async with asyncio.TaskGroup() as group:
        group.create_task(spawn(group, 3))
    print(len(log))


for part in (all_well, failing, failing_body, cancelled, nested, with_timeout, growing):
    print("--", part.__name__)
    asyncio.run(part())
