# run: --clock virtual
# gather: results in order, errors, errors as results, cancelling.
import asyncio


async def give(value, ms):
    await asyncio.sleep_ms(ms)
    print("giving", value)
    return value


async def fail(text, ms):
    await asyncio.sleep_ms(ms)
    raise ValueError(text)


async def main():
    print(await asyncio.gather(give("slow", 30), give("quick", 10), give("middle", 20)))
    print(await asyncio.gather(), await asyncio.gather(give("alone", 0)))
    tasks = [asyncio.create_task(give(n, 10 * n)) for n in range(3)]
    print(await asyncio.gather(*tasks))

    try:
        await asyncio.gather(give("goes on", 30), fail("first error", 10))
    except ValueError as error:
        print("ValueError:", error)
    await asyncio.sleep_ms(40)

    results = await asyncio.gather(fail("a", 20), give("b", 10), fail("c", 5), return_exceptions=True)
    print([repr(result) for result in results])

    async def cancelled_child():
        task = asyncio.create_task(give("never", 1000))

        async def canceller():
            await asyncio.sleep_ms(5)
            task.cancel()

        asyncio.create_task(canceller())
        results = await asyncio.gather(task, give("sibling", 10), return_exceptions=True)
        print([repr(result) for result in results])

    await cancelled_child()

    async def whole():
        await asyncio.gather(give("x", 1000), give("y", 1000))

    task = asyncio.create_task(whole())
    await asyncio.sleep_ms(10)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("the gathering task was cancelled")

    nested = await asyncio.gather(
        asyncio.create_task(give("finished", 0)), asyncio.wait_for(give("in time", 5), 1), give("last", 10)
    )
    print(nested)

    # One that has finished before.
    early = asyncio.create_task(give("early", 0))
    await early
    print(await asyncio.gather(early, give("late", 1)))


asyncio.run(main())
