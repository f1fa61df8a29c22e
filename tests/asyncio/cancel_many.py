# stress: 20000
# Ten thousand tasks, cancelled at once.
# cpython
# run: --clock virtual
import asyncio


async def main():
    async def hang():
        try:
            await asyncio.sleep(1000)
        finally:
            ended.append(1)

    ended = []
    tasks = [asyncio.create_task(hang()) for _ in range(10000)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(len(ended), all(task.cancelled() for task in tasks), len(asyncio.all_tasks()))


asyncio.run(main())
