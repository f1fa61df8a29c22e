# A task made, waited for, and forgotten.
import asyncio
import sys
from measure import ticks_us, report_ns

COUNT = int(sys.argv[1])


async def do_nothing():
    pass


async def main():
    start = ticks_us()
    for _ in range(COUNT):
        await asyncio.create_task(do_nothing())
    report_ns("create_join", start, COUNT)


asyncio.run(main())
