# Future: results, exceptions, cancellation, functions told at the end; shield.
# cpython
# run: --clock virtual
import asyncio


async def results():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    print(future.done(), future.cancelled())
    for ask in (future.result, future.exception):
        try:
            ask()
        except asyncio.InvalidStateError as error:
            print("InvalidStateError:", error)

    async def wait(name):
        print(name, await future)

    tasks = [asyncio.create_task(wait(name)) for name in "ab"]
    await asyncio.sleep(0)
    future.set_result(42)
    print(future.done(), future.result(), future.exception())
    await asyncio.gather(*tasks)
    print(await future)
    for set_again in (future.set_result, future.set_exception):
        try:
            set_again(ValueError())
        except asyncio.InvalidStateError:
            print("InvalidStateError")
    print(future.cancel(), await asyncio.wait_for(future, 1))


async def failures():
    future = asyncio.Future()
    future.set_exception(ValueError("bad"))
    print(repr(future.exception().args), future.cancelled())
    try:
        await future
    except ValueError as error:
        print("ValueError:", error)
    try:
        future.result()
    except ValueError as error:
        print("ValueError:", error)
    future = asyncio.Future()
    future.set_exception(KeyError)
    print(type(future.exception()))
    try:
        asyncio.Future().set_exception(StopIteration)
    except TypeError as error:
        print("TypeError:", error)


async def cancelled():
    future = asyncio.Future()

    async def wait():
        try:
            await future
        except asyncio.CancelledError as error:
            print("cancelled", error.args)
            raise

    tasks = [asyncio.create_task(wait()) for _ in range(2)]
    await asyncio.sleep(0)
    print(future.cancel(), future.cancel(), future.cancelled(), future.done())
    print([type(result).__name__ for result in await asyncio.gather(*tasks, return_exceptions=True)])
    # A task that is cancelled cancels what it awaits.
    future = asyncio.Future()
    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0.01)
    print(future.cancelled(), task.cancelled())
    try:
        future.result()
    except asyncio.CancelledError:
        print("CancelledError")


async def told():
    log = []
    future = asyncio.Future()

    def first(source):
        log.append(("first", source is future, source.result()))

    def second(source):
        log.append("second")

    future.add_done_callback(first)
    future.add_done_callback(second)
    future.add_done_callback(second)
    print(future.remove_done_callback(second), future.remove_done_callback(second))
    future.set_result("x")
    print(log)
    await asyncio.sleep(0)
    print(log)
    future.add_done_callback(second)
    await asyncio.sleep(0)
    print(log)


async def shielded():
    log = []

    async def work(seconds):
        await asyncio.sleep(seconds)
        log.append("worked")
        return "result"

    print(await asyncio.shield(work(0.01)))
    inner = asyncio.create_task(work(0.05))
    try:
        await asyncio.wait_for(asyncio.shield(inner), 0.01)
    except asyncio.TimeoutError:
        print("TimeoutError", inner.done(), log)
    print(await inner, log)
    print(await asyncio.shield(inner))

    async def wait(inner):
        await asyncio.shield(inner)

    inner = asyncio.create_task(work(0.02))
    outer = asyncio.create_task(wait(inner))
    await asyncio.sleep(0)
    outer.cancel()
    try:
        await outer
    except asyncio.CancelledError:
        print("outer cancelled", inner.cancelled())
    print(await inner)
    # Cancelling what is inside reaches whoever awaits it.
    inner = asyncio.create_task(work(1))
    outer = asyncio.create_task(wait(inner))
    await asyncio.sleep(0)
    inner.cancel()
    print([type(result).__name__ for result in await asyncio.gather(outer, return_exceptions=True)])

    async def fail():
        raise ValueError("inside")

    try:
        await asyncio.shield(fail())
    except ValueError as error:
        print("ValueError:", error)


for part in (results, failures, cancelled, told, shielded):
    print("--", part.__name__)
    asyncio.run(part())
