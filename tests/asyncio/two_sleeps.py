# run: --clock virtual
# A sleep is a value: two made before either is awaited both last as long as they say, each from when it was made.
# (Upstream shares one object among all sleeps, and the second one breaks the first.)
import asyncio
import time


async def main():
    start = time.ticks_ms()
    short, long = asyncio.sleep_ms(20), asyncio.sleep_ms(50)
    await short
    print((time.ticks_diff(time.ticks_ms(), start) + 5) // 10 * 10)
    await long
    print((time.ticks_diff(time.ticks_ms(), start) + 5) // 10 * 10)


asyncio.run(main())
