# What a task costs that waits for an event: the memory of the process, as the system counts it, with and without them.
import asyncio
import sys

TASKS = int(sys.argv[1])


def resident_bytes():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024


async def wait(event):
    await event.wait()


async def main():
    event = asyncio.Event()
    # What the first ones need besides is not theirs.
    tasks = [None] * TASKS
    for number in range(100):
        tasks[number] = asyncio.create_task(wait(event))
    await asyncio.sleep(0.01)
    before = resident_bytes()
    for number in range(100, TASKS):
        tasks[number] = asyncio.create_task(wait(event))
    await asyncio.sleep(0.01)
    print("parked_task", (resident_bytes() - before) // (TASKS - 100), "bytes")
    event.set()
    for task in tasks:
        await task


asyncio.run(main())
