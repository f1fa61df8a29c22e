# run: --clock virtual
# Sleepers wake by deadline, and among equal deadlines in the order in which they went to sleep.
import asyncio
import time


async def sleeper(name, delay_ms):
    await asyncio.sleep_ms(delay_ms)
    order.append(name)


async def main():
    for name, delay in (("d", 120), ("a", 0), ("c", 80), ("b", 40), ("e", 160)):
        asyncio.create_task(sleeper(name, delay))
    await asyncio.sleep_ms(200)
    print(order)
    order.clear()
    for n in range(5):
        asyncio.create_task(sleeper(n, 20))
    await asyncio.sleep_ms(60)
    print(order)
    order.clear()

    # Seconds, fractions, and what is not in the future at all.
    start = time.ticks_ms()
    await asyncio.sleep(0.05)
    await asyncio.sleep(0)
    await asyncio.sleep_ms(-5)
    await asyncio.sleep(-1)
    elapsed = time.ticks_diff(time.ticks_ms(), start)
    print(50 <= elapsed < 70, elapsed if not 50 <= elapsed < 70 else "")

    # A task that blocks delays the others, and then they come in order of their deadlines.
    asyncio.create_task(sleeper("due first", 20))
    asyncio.create_task(sleeper("due second", 40))
    await asyncio.sleep_ms(0)
    time.sleep_ms(80)
    order.append("blocker")
    await asyncio.sleep_ms(0)
    await asyncio.sleep_ms(10)
    print(order)


order = []
asyncio.run(main())
for delay in (1 << 61, 1 << 80):
    try:
        asyncio.run(asyncio.wait_for(sleeper("never", 0), delay))
    except OverflowError as error:
        print("OverflowError")
