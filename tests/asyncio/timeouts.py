# timeout and timeout_at: blocks that have only so much time.
# cpython
# run: --clock virtual
import asyncio


async def in_time():
    async with asyncio.timeout(1) as block:
        await asyncio.sleep(0.01)
        print(block.expired(), block.when() > asyncio.get_running_loop().time())
    print(block.expired())
    async with asyncio.timeout(None) as block:
        print(block.when())


async def too_late():
    try:
        async with asyncio.timeout(0.01) as block:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                print("cancelled inside", block.expired())
                raise
    except asyncio.TimeoutError:
        print("TimeoutError", block.expired(), asyncio.current_task().cancelling())
    await asyncio.sleep(0.01)
    try:
        async with asyncio.timeout_at(asyncio.get_running_loop().time() - 1):
            await asyncio.sleep(10)
    except asyncio.TimeoutError:
        print("TimeoutError")


async def nested():
    try:
        async with asyncio.timeout(0.01) as outer:
            async with asyncio.timeout(10) as inner:
                await asyncio.sleep(20)
    except asyncio.TimeoutError:
        print(outer.expired(), inner.expired())
    async with asyncio.timeout(10) as outer:
        try:
            async with asyncio.timeout(0.01) as inner:
                await asyncio.sleep(20)
        except asyncio.TimeoutError:
            print(outer.expired(), inner.expired())
        await asyncio.sleep(0.01)
    print("through")


async def rescheduled():
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(0.02) as block:
        block.reschedule(loop.time() + 10)
        await asyncio.sleep(0.05)
        block.reschedule(None)
        print(block.when())
    try:
        block.reschedule(1)
    except RuntimeError as error:
        print("RuntimeError:", error)
    try:
        async with asyncio.timeout(10) as block:
            block.reschedule(loop.time() + 0.01)
            await asyncio.sleep(20)
    except asyncio.TimeoutError:
        print("TimeoutError", block.expired())


async def from_outside():
    async def work():
        async with asyncio.timeout(10):
            await asyncio.sleep(20)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError")


async def other_errors():
    try:
        async with asyncio.timeout(0.01) as block:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                raise ValueError("on the way out")
    except ValueError as error:
        print("ValueError:", error, block.expired(), asyncio.current_task().cancelling())
    async with asyncio.timeout(0.01) as block:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            print("swallowed")
    print(block.expired())


for part in (in_time, too_late, nested, rescheduled, from_outside, other_errors):
    print("--", part.__name__)
    asyncio.run(part())
