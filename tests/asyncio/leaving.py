# KeyboardInterrupt and SystemExit leave the loop; a Runner lets what it runs come to its end.
# run: --clock virtual
import asyncio


async def leaves(exception):
    await asyncio.sleep_ms(10)
    raise exception


async def waits(task):
    try:
        await task
    except BaseException as error:
        print("waiter:", type(error).__name__)


async def main(exception):
    global waiter
    task = asyncio.create_task(leaves(exception))
    waiter = asyncio.create_task(waits(task))
    task.add_done_callback(lambda task: print("done:", task.done()))
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep_ms(1)
        print("main is over")


# run: what waits for the task that left goes on in the next loop.
for exception in (SystemExit(3), KeyboardInterrupt()):
    try:
        asyncio.run(main(exception))
    except BaseException as error:
        print("left by", type(error).__name__)

    async def joins():
        await waiter

    asyncio.run(joins())

# Runner: after Ctrl-C its task is cancelled, and ends.
for exception in (SystemExit(3), KeyboardInterrupt()):
    with asyncio.Runner() as runner:
        try:
            runner.run(main(exception))
        except BaseException as error:
            print("left by", type(error).__name__)


async def itself():
    try:
        raise KeyboardInterrupt
    finally:
        print("its own end")


async def swallows():
    task = asyncio.create_task(leaves(KeyboardInterrupt()))
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        return "swallowed"


with asyncio.Runner() as runner:
    try:
        runner.run(itself())
    except KeyboardInterrupt:
        print("interrupted")
    print(runner.run(swallows()))
print(len(asyncio.all_tasks()))
