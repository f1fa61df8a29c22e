# wait_for that is cancelled from outside: with a message, and with another wait_for after it.
# cpython
# run: --clock virtual
import asyncio


async def pause(seconds):
    await asyncio.sleep(seconds)


async def with_messages():
    for message in ("because", True, None, (1, 2), ValueError("text")):
        task = asyncio.create_task(asyncio.wait_for(pause(1), 5))
        await asyncio.sleep(0.01)
        task.cancel(message)
        try:
            await task
        except asyncio.CancelledError as error:
            print("cancelled", [type(argument).__name__ for argument in error.args])


async def one_after_the_other():
    # What the first waited for ends while the second waits.
    try:
        async with asyncio.timeout(0.03):
            await asyncio.wait_for(asyncio.shield(asyncio.create_task(pause(0.1))), 0.06)
    except asyncio.TimeoutError:
        print("too slow")

    async def reluctant():
        try:
            await pause(1)
        except asyncio.CancelledError:
            await pause(0.05)
            raise

    task = asyncio.create_task(asyncio.wait_for(reluctant(), 5))
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
    try:
        await asyncio.wait_for(asyncio.Event().wait(), 0.2)
    except asyncio.TimeoutError:
        print("nothing happened")


async def main():
    await with_messages()
    await one_after_the_other()


asyncio.run(main())
