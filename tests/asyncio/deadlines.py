# run: --clock virtual
# Time as programs see it: ticks, their differences, and periods that do not drift.
import asyncio
import time


async def periodic(period_ms, count, log):
    due = time.ticks_ms()
    for _ in range(count):
        due = time.ticks_add(due, period_ms)
        await asyncio.sleep_ms(max(0, time.ticks_diff(due, time.ticks_ms())))
        log.append((time.ticks_diff(time.ticks_ms(), due) + 5) // 10)


async def main():
    log = []
    start = time.ticks_ms()
    await periodic(20, 10, log)
    print(log, (time.ticks_diff(time.ticks_ms(), start) + 5) // 10 * 10)

    # Each of many sleeps is measured from its own start.
    start = time.ticks_ms()

    async def nap(ms):
        begin = time.ticks_ms()
        await asyncio.sleep_ms(ms)
        return (time.ticks_diff(time.ticks_ms(), begin) + 5) // 10 * 10

    print(await asyncio.gather(nap(30), nap(10), nap(50)), (time.ticks_diff(time.ticks_ms(), start) + 5) // 10 * 10)

    # A blocking sleep takes time from everybody.
    async def blocker():
        time.sleep_ms(60)

    napper = asyncio.create_task(nap(20))
    await asyncio.sleep_ms(0)
    await blocker()
    print(await napper)


asyncio.run(main())
start = time.ticks_ms()
time.sleep_ms(30)
time.sleep(0.02)
time.sleep_us(10000)
print((time.ticks_diff(time.ticks_ms(), start) + 5) // 10 * 10)
start = time.ticks_us()
time.sleep_ms(20)
print((time.ticks_diff(time.ticks_us(), start) + 5000) // 10000 * 10)
a = time.ticks_add(0, -1)
print(time.ticks_diff(a, 0), time.ticks_diff(0, a), time.ticks_add(a, 2), time.ticks_diff(time.ticks_add(a, 1000), a), a > 1000)
print(time.time() > 0, time.ticks_cpu() >= 0, isinstance(time.time(), (int, float)))
