# to_thread: what blocks runs beside the loop.
# cpython
# run: --clock virtual
import asyncio
import time


def block(seconds, result):
    time.sleep(seconds)
    return result


def fail():
    time.sleep(0.01)
    raise ValueError("in the thread")


async def main():
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticker = asyncio.create_task(tick())
    print(await asyncio.to_thread(block, 0.05, result="slow"), ticks >= 2)
    print(await asyncio.gather(*[asyncio.to_thread(block, 0.02, n) for n in range(3)]))
    try:
        await asyncio.to_thread(fail)
    except ValueError as error:
        print("ValueError:", error)
    ticker.cancel()
    task = asyncio.create_task(asyncio.to_thread(block, 0.03, "late"))
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
    await asyncio.sleep(0.05)
    print("over")


asyncio.run(main())
