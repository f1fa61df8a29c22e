import asyncio


async def count(name, period_ms):
    for number in range(5):
        print(name, number)
        await asyncio.sleep_ms(period_ms)


async def main():
    await asyncio.gather(count("slow", 50), count("fast", 20))


asyncio.run(main())
