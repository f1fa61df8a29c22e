# run: --clock virtual
# Cancelling: before the start, while waiting, by a task of itself, in cleanup, and when it is too late.
import asyncio


async def worker(name, ms=1000):
    print(name, "starts")
    try:
        await asyncio.sleep_ms(ms)
        print(name, "was not cancelled")
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise
    finally:
        print(name, "cleans up")


async def join(name, task):
    try:
        print(name, "gave", await task)
    except asyncio.CancelledError:
        print(name, "raised CancelledError, done:", task.done())


async def stubborn():
    for i in range(2):
        try:
            await asyncio.sleep_ms(1000)
        except asyncio.CancelledError:
            print("refuses", i)
    return "survived"


async def slow_cleanup():
    try:
        await asyncio.sleep_ms(1000)
    finally:
        await asyncio.sleep_ms(10)
        print("cleanup slept")


async def outer(task):
    try:
        await task
    finally:
        print("outer leaves")


async def main():
    task = asyncio.create_task(worker("asleep"))
    await asyncio.sleep_ms(10)
    print(task.cancel(), task.done())
    await join("asleep", task)
    print(task.cancel(), task.done())

    task = asyncio.create_task(worker("never started"))
    task.cancel()
    await join("never started", task)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep_ms(0)
    task.cancel()
    await asyncio.sleep_ms(0)
    task.cancel()
    await join("stubborn", task)

    task = asyncio.create_task(slow_cleanup())
    await asyncio.sleep_ms(0)
    task.cancel()
    await join("slow cleanup", task)

    # Cancelling a task that waits for another cancels the other.
    inner = asyncio.create_task(worker("inner"))
    task = asyncio.create_task(outer(inner))
    await asyncio.sleep_ms(0)
    await asyncio.sleep_ms(0)
    task.cancel()
    await join("outer", task)
    print(inner.done())

    # Cancelled while waiting for an event: the event forgets the task.
    event = asyncio.Event()
    task = asyncio.create_task(event.wait())
    await asyncio.sleep_ms(0)
    task.cancel()
    await join("waiter", task)
    event.set()
    await asyncio.sleep_ms(0)

    try:
        asyncio.current_task().cancel()
    except RuntimeError as error:
        print("RuntimeError:", error)

    # Cancelled twice before it runs: one exception.
    task = asyncio.create_task(stubborn())
    await asyncio.sleep_ms(0)
    task.cancel()
    task.cancel()
    await asyncio.sleep_ms(0)
    print("still there:", not task.done())
    task.cancel()
    await join("stubborn again", task)
    print(issubclass(asyncio.CancelledError, Exception), issubclass(asyncio.CancelledError, BaseException))


asyncio.run(main())
