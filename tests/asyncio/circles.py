# Tasks that wait for themselves, for each other in a circle, or for one that cancels them: an error, or a way out.
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


async def within_time():
    itself = asyncio.current_task()
    try:
        await asyncio.wait_for(itself, 0.01)
    except asyncio.TimeoutError:
        print("no end in sight")
    return "wait_for"


async def by_a_child():
    async def child():
        print("cancel", parent.cancel())
        await pause(1)
        print("the child goes on")

    async def waits():
        await asyncio.create_task(child())

    parent = asyncio.create_task(waits())
    try:
        await parent
    except asyncio.CancelledError:
        print("the parent is cancelled")
    await pause(2)


async def main():
    await waits_for_itself()
    print(await asyncio.create_task(within_time()))
    await by_a_child()
    for size in (2, 3):
        await circle(size)
    await from_outside()
    print(len(asyncio.all_tasks()))


asyncio.run(main())
