# run: --clock virtual
# stderr: upstream_defects.err
# What goes wrong in MicroPython's own asyncio, each shown right.
import asyncio


async def fail():
    raise ValueError("failed")


async def awaited_twice():
    # A failed task awaited before anybody was told of it, and then again: the same exception each time.
    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    for _ in range(3):
        try:
            await task
        except ValueError as error:
            print("ValueError:", error)


async def second_waiter():
    # A second waiter on a flag is refused, and the first one is not forgotten.
    flag = asyncio.ThreadSafeFlag()

    async def wait(name):
        try:
            await flag.wait()
            print(name, "woken")
        except RuntimeError as error:
            print(name, "RuntimeError:", error)

    tasks = [asyncio.create_task(wait(name)) for name in "ab"]
    await asyncio.sleep_ms(1)
    flag.set()
    await asyncio.gather(*tasks)


main_task = None


async def waiter_on_main():
    try:
        print("main gave", await main_task)
    except ValueError as error:
        print("main failed:", error)


async def main(fails):
    global main_task
    main_task = asyncio.current_task()
    asyncio.create_task(waiter_on_main())
    await asyncio.sleep_ms(1)
    if fails:
        raise ValueError("at the end")
    return "result"


async def short():
    await asyncio.sleep_ms(5)


async def nested():
    # A loop inside a task: what is current is the same afterwards, and waiting works.
    event = asyncio.Event()
    me = asyncio.current_task()

    async def inner():
        print("inside", asyncio.current_task() is me)
        await asyncio.sleep_ms(1)
        event.set()
        return "inner"

    print(asyncio.run(inner()))
    print(asyncio.current_task() is me, await event.wait())
    lock = asyncio.Lock()
    async with lock:
        print("locked", lock.locked())


async def loses_cancellation():
    # Cancelled in the very pass in which what it waits for is over: wait_for neither hangs nor swallows it.
    event = asyncio.Event()

    async def wait():
        await asyncio.wait_for(event.wait(), 10)
        print("not cancelled")

    task = asyncio.create_task(wait())
    await asyncio.sleep_ms(1)
    event.set()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")


async def new_loop_inside():
    # new_event_loop() while a loop runs: the program goes on.
    asyncio.new_event_loop()
    await asyncio.sleep_ms(1)
    print("goes on")


async def failing_handler():
    def handler(loop, context):
        raise KeyError("in the handler")

    loop = asyncio.get_event_loop()
    loop.set_exception_handler(handler)
    asyncio.create_task(fail())
    await asyncio.sleep_ms(1)
    loop.set_exception_handler(None)
    print("the loop survives")


for part in (awaited_twice, second_waiter, nested, loses_cancellation, new_loop_inside, failing_handler):
    print("--", part.__name__)
    asyncio.run(part())
print("-- waiter_on_main")
print(asyncio.run(main(False)))
asyncio.run(short())
try:
    asyncio.run(main(True))
except ValueError as error:
    print("run raised", error)
asyncio.run(short())
