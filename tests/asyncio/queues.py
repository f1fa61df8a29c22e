# Queue: bounded and unbounded, the three orders, task_done and join, cancellation of those who wait.
# cpython
# run: --clock virtual
import asyncio


async def produce(queue, count):
    for number in range(count):
        await queue.put(number)
        print("put", number, queue.qsize(), queue.full())


async def consume(queue, count):
    for _ in range(count):
        print("got", await queue.get())
        queue.task_done()


async def bounded():
    queue = asyncio.Queue(2)
    print(queue.maxsize, queue.empty(), queue.full(), queue.qsize())
    await asyncio.gather(produce(queue, 5), consume(queue, 5))
    await queue.join()
    try:
        queue.task_done()
    except ValueError as error:
        print("ValueError:", error)


async def at_once():
    queue = asyncio.Queue(maxsize=1)
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty as error:
        print("QueueEmpty", error.args)
    queue.put_nowait("x")
    try:
        queue.put_nowait("y")
    except asyncio.QueueFull as error:
        print("QueueFull", error.args)
    print(queue.get_nowait(), queue.empty())


async def orders():
    for kind in (asyncio.Queue, asyncio.LifoQueue, asyncio.PriorityQueue):
        queue = kind()
        for item in (5, 3, 9, 1, 7, 3, 8, 2, 6, 4, 0):
            queue.put_nowait(item)
        print([queue.get_nowait() for _ in range(queue.qsize())])
        print(isinstance(queue, asyncio.Queue))


class Job:
    def __init__(self, rank, name):
        self.rank = rank
        self.name = name

    def __lt__(self, other):
        return self.rank < other.rank


async def ranks():
    queue = asyncio.PriorityQueue()
    for number in range(12):
        await queue.put(Job(number * 5 % 7, number))
    names = []
    for _ in range(12):
        names.append((await queue.get()).name)
    print(names)
    for item in ((2, "b"), (1, "z"), (2, "a")):
        queue.put_nowait(item)
    print([queue.get_nowait() for _ in range(3)])
    queue.put_nowait(1)
    try:
        queue.put_nowait("one")
    except TypeError:
        print("TypeError")
    print(queue.get_nowait())


async def get_and_tell(queue, name, log):
    try:
        log.append((name, await queue.get()))
    except asyncio.CancelledError:
        log.append((name, "cancelled"))


async def cancelled():
    queue = asyncio.Queue()
    log = []
    tasks = [asyncio.create_task(get_and_tell(queue, name, log)) for name in "abc"]
    await asyncio.sleep(0)
    tasks[0].cancel()
    queue.put_nowait(1)
    await asyncio.sleep(0.01)
    print(sorted(log))
    # Woken, and cancelled before it runs: the next one gets the item.
    queue.put_nowait(2)
    tasks[1].cancel()
    tasks[2].cancel()
    await asyncio.sleep(0.01)
    print(sorted(log), queue.qsize())
    log.clear()
    queue = asyncio.Queue()
    tasks = [asyncio.create_task(get_and_tell(queue, name, log)) for name in "ab"]
    await asyncio.sleep(0)
    queue.put_nowait(3)
    tasks[0].cancel()
    await asyncio.sleep(0.01)
    print(sorted(log), queue.qsize())


async def as_tasks():
    queue = asyncio.Queue(1)
    getter = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    await queue.put("direct")
    print(await getter)
    queue.put_nowait("first")
    putters = [asyncio.create_task(queue.put(n)) for n in range(3)]
    await asyncio.sleep(0.01)
    items = []
    for _ in range(4):
        items.append(await queue.get())
    print(items, await asyncio.gather(*putters))
    try:
        await asyncio.wait_for(queue.get(), 0.01)
    except asyncio.TimeoutError:
        print("TimeoutError", queue.qsize())


async def joins():
    queue = asyncio.Queue()
    await queue.join()
    for number in range(3):
        queue.put_nowait(number)

    async def work():
        while True:
            number = await queue.get()
            await asyncio.sleep(0.01)
            print("done", number)
            queue.task_done()

    worker = asyncio.create_task(work())
    await asyncio.gather(queue.join(), queue.join())
    print("joined")
    worker.cancel()


for part in (bounded, at_once, orders, ranks, cancelled, as_tasks, joins):
    print("--", part.__name__)
    asyncio.run(part())
