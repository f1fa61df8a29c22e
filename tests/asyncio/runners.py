# Runner: several coroutines one after the other; what they leave behind is stopped at the end.
# cpython
# run: --clock virtual
import asyncio


async def give(value):
    await asyncio.sleep(0.01)
    return value


async def leave_behind():
    async def hang():
        try:
            await asyncio.sleep(100)
        finally:
            print("stopped")

    asyncio.create_task(hang())
    await asyncio.sleep(0)


with asyncio.Runner() as runner:
    print(runner.run(give(1)), runner.run(give(2)))
    print(runner.get_loop().is_running())
    try:
        runner.run(5)
    except ValueError:
        print("ValueError")
    runner.run(leave_behind())
    print("leaving")
coro = give(3)
try:
    runner.run(coro)
except RuntimeError as error:
    print("RuntimeError:", error)
coro.close()
print(asyncio.run(give(4), debug=False))
