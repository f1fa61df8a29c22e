# run: --clock virtual
# Exceptions in tasks: to whom they go, when, and what the loop does with the ones nobody takes.
import asyncio


async def fail(error, ms=0):
    await asyncio.sleep_ms(ms)
    raise error


def handler(loop, context):
    print("handler:", context["message"], repr(context["exception"]), type(context["future"]).__name__)


async def main():
    loop = asyncio.get_event_loop()
    print(loop.get_exception_handler())
    loop.set_exception_handler(handler)
    print(loop.get_exception_handler() is handler)

    # Awaited: the exception comes out of the await, each time.
    task = asyncio.create_task(fail(ValueError("awaited"), 5))
    for _ in range(2):
        try:
            await task
        except ValueError as error:
            print("ValueError:", error)

    # Not awaited: the handler gets it.
    asyncio.create_task(fail(ValueError("nobody waits")))
    await asyncio.sleep_ms(10)

    # Awaited after the handler had it.
    task = asyncio.create_task(fail(KeyError("late")))
    await asyncio.sleep_ms(10)
    try:
        await task
    except KeyError as error:
        print("KeyError:", error)

    # A cancelled task that nobody awaits is not worth a word.
    task = asyncio.create_task(asyncio.Event().wait())
    await asyncio.sleep_ms(0)
    task.cancel()
    await asyncio.sleep_ms(10)

    loop.call_exception_handler({"message": "by hand", "exception": OSError(5), "future": task})

    # Through several coroutines, with cleanup on the way.
    async def middle():
        try:
            await fail(IndexError("deep"))
        finally:
            print("middle cleans up")
            await asyncio.sleep_ms(1)

    try:
        await middle()
    except IndexError as error:
        print("IndexError:", error)
    try:
        await asyncio.create_task(middle())
    except IndexError as error:
        print("IndexError from a task:", error)

    # The other tasks do not notice.
    async def steady():
        for n in range(3):
            print("steady", n)
            await asyncio.sleep_ms(5)

    task = asyncio.create_task(steady())
    asyncio.create_task(fail(RuntimeError("elsewhere"), 6))
    await task
    loop.set_exception_handler(None)


asyncio.run(main())

try:
    asyncio.run(fail(ValueError("out of run")))
except ValueError as error:
    print("ValueError:", error)


async def leave():
    asyncio.create_task(fail(SystemExit(3)))
    await asyncio.sleep_ms(10)
    print("not reached")


try:
    asyncio.run(leave())
except SystemExit as leaving:
    print("SystemExit", leaving.args)
