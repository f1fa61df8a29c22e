import asyncio
async def worker(event, lock, number):
    try:
        async with lock:
            await asyncio.sleep_ms(number)
        await event.wait()
        return number
    except asyncio.CancelledError:
        raise
    finally:
        print('done', number)
async def main():
    event, lock = asyncio.Event(), asyncio.Lock()
    tasks = [asyncio.create_task(worker(event, lock, n)) for n in range(5)]
    await asyncio.sleep_ms(20)
    tasks[0].cancel()
    event.set()
    print(await asyncio.gather(*tasks, return_exceptions=True))
    try:
        await asyncio.wait_for_ms(asyncio.Event().wait(), 5)
    except asyncio.TimeoutError:
        print('late')
asyncio.run(main())
