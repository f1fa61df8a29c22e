# run: --clock virtual
# wait_for: in time, too late, an error, cleanup that takes long, cancelled from outside.
import asyncio


async def work(name, ms):
    try:
        await asyncio.sleep_ms(ms)
        return name + " finished"
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise


async def fail():
    await asyncio.sleep_ms(5)
    raise KeyError("inside")


async def ignores():
    try:
        await asyncio.sleep_ms(1000)
    except asyncio.CancelledError:
        await asyncio.sleep_ms(10)
        print("ignored the cancellation")
    return "too late to matter"


async def main():
    print(await asyncio.wait_for(work("quick", 5), 1))
    print(await asyncio.wait_for_ms(work("quick in ms", 5), 500))
    print(await asyncio.wait_for(work("no limit", 5), None))
    try:
        await asyncio.wait_for(work("slow", 1000), 0.02)
    except asyncio.TimeoutError as error:
        print("TimeoutError", error.args)
    try:
        await asyncio.wait_for_ms(work("slow in ms", 1000), 20)
    except asyncio.TimeoutError:
        print("TimeoutError")
    try:
        await asyncio.wait_for(fail(), 1)
    except KeyError as error:
        print("KeyError:", error)
    try:
        print(await asyncio.wait_for(ignores(), 0.01))
    except asyncio.TimeoutError:
        print("TimeoutError")

    # A task may be waited for like a coroutine, and is cancelled when the time is over.
    task = asyncio.create_task(work("task", 1000))
    try:
        await asyncio.wait_for(task, 0.01)
    except asyncio.TimeoutError:
        print("TimeoutError", task.done())

    # Cancelled from outside.
    task = asyncio.create_task(asyncio.wait_for(work("wrapped", 1000), 10))
    await asyncio.sleep_ms(10)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("the waiting was cancelled")
    await asyncio.sleep_ms(0)

    # One limit inside another: the shorter one counts.
    try:
        await asyncio.wait_for(asyncio.wait_for(work("nested", 1000), 0.5), 0.02)
    except asyncio.TimeoutError:
        print("outer TimeoutError")

    # The limit of an event's wait, again and again.
    event = asyncio.Event()
    for attempt in range(3):
        try:
            await asyncio.wait_for_ms(event.wait(), 10)
            print("set")
        except asyncio.TimeoutError:
            print("not yet", attempt)
            if attempt == 1:
                event.set()
    print(issubclass(asyncio.TimeoutError, Exception))


asyncio.run(main())
