# Many tasks that sleep most of the time, as sensors and blinkers do. With one period, each new deadline is the
# latest; with many, it falls among those of the others. The bench reads CPU time and memory of the process.
import asyncio
import sys

SLEEPERS = int(sys.argv[1])
WAKES = int(sys.argv[2])
PERIODS = int(sys.argv[3])

try:
    from asyncio import sleep_ms
except ImportError:  # CPython

    def sleep_ms(ms):
        return asyncio.sleep(ms / 1000)


async def sleeper(period_ms):
    for _ in range(WAKES):
        await sleep_ms(period_ms)


async def main():
    tasks = [asyncio.create_task(sleeper(100 + number % PERIODS)) for number in range(SLEEPERS)]
    for task in tasks:
        await task


asyncio.run(main())
