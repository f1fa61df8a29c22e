# run: --clock virtual
# The loop as an object, and asyncio under its other name.
import uasyncio as asyncio
import asyncio as same

print(asyncio.create_task is same.create_task, asyncio.Event is same.Event, asyncio.sleep_ms is same.sleep_ms)


async def count(name, n):
    for i in range(n):
        print(name, i)
        await asyncio.sleep_ms(10)
    return name


async def stop_after(ms):
    await asyncio.sleep_ms(ms)
    asyncio.get_event_loop().stop()
    print("stop asked for")


loop = asyncio.get_event_loop()
print(loop.run_until_complete(count("first", 2)))
task = loop.create_task(count("second", 2))
print(loop.run_until_complete(task), task.done())

# run_forever ends at stop, and goes on where it was.
loop.create_task(count("kept", 5))
loop.create_task(stop_after(25))
loop.run_forever()
print("between")
loop.create_task(stop_after(60))
loop.run_forever()
print("after")

# What one run leaves behind, the next one goes on with.
async def leaves():
    asyncio.create_task(count("left behind", 2))
    await asyncio.sleep_ms(5)


asyncio.run(leaves())
asyncio.run(asyncio.wait_for(count("other", 1), 1))
asyncio.run(count("long", 3))

# A new loop has forgotten all tasks.
loop.create_task(count("forgotten", 1))
loop = asyncio.new_event_loop()
print(loop.run_until_complete(count("new loop", 1)))
loop.close()


# A task may be made before the loop runs, and from inside a task.
async def parent():
    tasks = [asyncio.get_event_loop().create_task(count("child%d" % n, 1)) for n in range(2)]
    for task in tasks:
        await task
    return [task.done() for task in tasks]


print(asyncio.run(parent()))


async def async_for_and_with():
    class Ticker:
        def __init__(self, n):
            self.n = n

        def __aiter__(self):
            return self

        async def __anext__(self):
            if not self.n:
                raise StopAsyncIteration
            await asyncio.sleep_ms(5)
            self.n -= 1
            return self.n

    async for n in Ticker(3):
        print("tick", n)
    lock = asyncio.Lock()
    async with lock:
        print(lock.locked())
    return lock.locked()


print(asyncio.run(async_for_and_with()))
