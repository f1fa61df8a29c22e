# Tasks that wait for themselves, and for each other in a circle: an error, and a way out.
# run: --clock virtual
import asyncio


async def pause(ms):
    await asyncio.sleep_ms(ms)


async def waits_for_itself():
    itself = asyncio.current_task()
    loop = asyncio.get_event_loop()
    try:
        await itself
    except RuntimeError as error:
        print("await:", error)
    try:
        await asyncio.gather(pause(1), itself)
    except RuntimeError as error:
        print("gather:", error)
    try:
        loop.run_until_complete(itself)
    except RuntimeError as error:
        print("run_until_complete:", error)
    try:
        itself.cancel()
    except RuntimeError as error:
        print("cancel:", error)


async def circle(size):
    tasks = []

    async def member(number):
        try:
            await tasks[(number + 1) % size]
        except asyncio.CancelledError:
            print("member", number, "is out")
            raise

    tasks.extend(asyncio.create_task(member(number)) for number in range(size))
    await pause(1)
    for number in range(size):
        print("cancel", number, tasks[number].cancel())
        await pause(1)
    print([task.done() for task in tasks])


async def from_outside():
    # One waits for a circle, and is asked to stop.
    async def waits(for_whom):
        await for_whom()

    first = asyncio.create_task(waits(lambda: second))
    second = asyncio.create_task(waits(lambda: first))
    outside = asyncio.create_task(waits(lambda: first))
    await pause(1)
    try:
        await asyncio.wait_for(outside, 0.01)
    except asyncio.TimeoutError:
        print("too slow")
    print(first.done(), second.done(), outside.done())
    first.cancel()
    await pause(1)
    print(first.done(), second.done())


async def main():
    await waits_for_itself()
    for size in (2, 3):
        await circle(size)
    await from_outside()
    print(len(asyncio.all_tasks()))


asyncio.run(main())
