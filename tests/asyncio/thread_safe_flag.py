# run: --clock virtual
# ThreadSafeFlag, set from a scheduled callback as from an interrupt.
import asyncio
import micropython


def on_interrupt(flag):
    print("callback")
    flag.set()


async def main():
    flag = asyncio.ThreadSafeFlag()

    async def wait(name):
        await flag.wait()
        print(name, "woken")

    # Set before anybody waits: the flag remembers, once.
    flag.set()
    await wait("early")
    task = asyncio.create_task(wait("scheduled"))
    await asyncio.sleep_ms(0)
    micropython.schedule(on_interrupt, flag)
    await task
    flag.set()
    flag.clear()
    try:
        await asyncio.wait_for_ms(flag.wait(), 10)
    except asyncio.TimeoutError:
        print("cleared")
    for n in range(3):
        flag.set()
        await flag.wait()
        print("again", n)

    # Another task sets it.
    async def setter():
        await asyncio.sleep_ms(10)
        flag.set()

    asyncio.create_task(setter())
    await wait("by a task")

    # An Event may be set from a scheduled callback, too.
    event = asyncio.Event()
    micropython.schedule(lambda argument: event.set(), None)
    await event.wait()
    print("event set")


asyncio.run(main())
