# Tasks that do nothing but let each other run: what a turn of the loop costs.
import asyncio
import sys
from measure import ticks_us, report_ns

TASKS = int(sys.argv[1])
TURNS = int(sys.argv[2])


async def take_turns():
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def main():
    tasks = [asyncio.create_task(take_turns()) for _ in range(TASKS)]
    await asyncio.sleep(0)
    start = ticks_us()
    for task in tasks:
        await task
    report_ns("task_switch", start, TASKS * TURNS)


asyncio.run(main())
