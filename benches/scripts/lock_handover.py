# A lock that goes from one task to the next: every release finds somebody waiting.
import asyncio
import sys
from measure import ticks_us, report_ns

TASKS = int(sys.argv[1])
TURNS = int(sys.argv[2])


async def worker(lock):
    for _ in range(TURNS):
        async with lock:
            # The others come to wait for it.
            await asyncio.sleep(0)


async def main():
    lock = asyncio.Lock()
    start = ticks_us()
    await asyncio.gather(*(worker(lock) for _ in range(TASKS)))
    report_ns("lock_handover", start, TASKS * TURNS)


asyncio.run(main())
