# Pairs of tasks that wake each other by turns. With one pair there is nobody else on the loop; with many, the
# cost of one handover shows whether it depends on how many others there are.
import asyncio
import sys
from measure import ticks_us, report_ns

PAIRS = int(sys.argv[1])
HANDOVERS = int(sys.argv[2])


async def serve(mine, theirs):
    for _ in range(HANDOVERS):
        await mine.wait()
        mine.clear()
        theirs.set()


async def main():
    firsts = []
    tasks = []
    for _ in range(PAIRS):
        first, second = asyncio.Event(), asyncio.Event()
        tasks.append(asyncio.create_task(serve(first, second)))
        tasks.append(asyncio.create_task(serve(second, first)))
        firsts.append(first)
    await asyncio.sleep(0)
    start = ticks_us()
    for first in firsts:
        first.set()
    for task in tasks:
        await task
    report_ns("event_handover_%d" % PAIRS, start, 2 * PAIRS * HANDOVERS)


asyncio.run(main())
