# run: -W always
# stderr: never_awaited.err
# A coroutine that nobody awaits is reported, with the line that made it; one that was started, or closed, is not.
import asyncio
import gc


async def forgotten():
    print("never printed")


async def work():
    return 1


def generator():
    yield 1


def make():
    forgotten()


async def main():
    forgotten()
    gc.collect()
    make()
    make()
    gc.collect()
    await work()
    asyncio.create_task(work())
    late = asyncio.create_task(work())
    late.cancel()
    work().close()
    generator()
    await asyncio.gather(work(), asyncio.wait_for(work(), 1), asyncio.shield(work()))
    print("still here")


kept = work()
asyncio.run(main())
gc.collect()
asyncio.create_task(work())
print("over")
