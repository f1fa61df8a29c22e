# run: --clock virtual
# What can be awaited and made a task of, and what cannot: objects of the program's own, primitives derived from, loops
# inside tasks.
import asyncio


class Counted(asyncio.Event):
    def __init__(self):
        super().__init__()
        self.times = 0

    def set(self):
        self.times += 1
        super().set()


class Thrice:
    """Queues its task by hand, three times."""

    def __init__(self):
        self.left = 3

    def __iter__(self):
        return self

    def __next__(self):
        if self.left == 0:
            raise StopIteration("three turns")
        self.left -= 1
        asyncio.core._task_queue.push(asyncio.core.cur_task)


class Resumable:
    """A coroutine as far as the loop can tell."""

    def __init__(self, turns):
        self.turns = turns

    def send(self, value):
        self.turns -= 1
        if self.turns == 0:
            raise StopIteration("sent")
        asyncio.core._task_queue.push(asyncio.core.cur_task)

    def throw(self, exception):
        print("thrown in:", exception)
        raise exception


async def give(value):
    return value


async def fail():
    raise ValueError("task")


def in_a_loop_of_its_own():
    async def inner():
        outer = asyncio.current_task()
        await asyncio.sleep_ms(1)
        return asyncio.current_task() is outer

    return asyncio.run(inner())


async def main():
    event = Counted()
    task = asyncio.create_task(event.wait())
    await asyncio.sleep_ms(0)
    event.set()
    print(await task, event.times, event.is_set(), event.state, event.waiting.peek())

    print(await Thrice())
    print(await asyncio.create_task(Resumable(3)))
    task = asyncio.create_task(Resumable(10))
    await asyncio.sleep_ms(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as error:
        print(repr(error))

    me = asyncio.current_task()
    print(in_a_loop_of_its_own(), asyncio.current_task() is me)
    await asyncio.sleep_ms(1)

    for what in (1, None, "text", asyncio.sleep_ms(1), [1], asyncio.Event()):
        try:
            asyncio.create_task(what)
        except TypeError as error:
            print("TypeError:", error)

    # Made before they are awaited, awaited out of order, and more than once.
    event = asyncio.Event()
    first, second = event.wait(), event.wait()
    event.set()
    print(await second, await first, await first)
    long, short = asyncio.sleep_ms(30), asyncio.sleep_ms(1)
    await short
    await long
    await long

    # A task as an object.
    task = asyncio.create_task(give(5))
    print(task, task.data, task.state, task.done(), isinstance(task.ph_key, int))
    print(await task, repr(task.data), task.state, task.done(), await task)
    task = asyncio.create_task(fail())
    for _ in range(2):
        try:
            await task
        except ValueError as error:
            print(repr(error), task.data is error)

    def hook(task, exception):
        print("hook:", task, repr(exception))

    task = asyncio.create_task(give(6))
    task.state = hook
    try:
        await task
    except RuntimeError as error:
        print("RuntimeError:", error)
    await asyncio.sleep_ms(0)
    print(task.done(), task.state)

    # A gathering that is given up before it starts has not touched its tasks.
    task = asyncio.create_task(give(7))
    gathering = asyncio.gather(task, task)
    gathering.close()
    print(await gathering, await task)
    waiting = asyncio.create_task(asyncio.wait_for(asyncio.Event().wait(), 100))
    await asyncio.sleep_ms(5)
    print(waiting.cancel())
    try:
        await waiting
    except asyncio.CancelledError as error:
        print(repr(error))
    print(await asyncio.wait_for(asyncio.gather(give(1), give(2)), 1, sleep=asyncio.sleep))

    # Two tasks that wait for each other can still be cancelled.
    tasks = []

    async def wait_for_other(number):
        await tasks[number]

    tasks.append(asyncio.create_task(wait_for_other(1)))
    tasks.append(asyncio.create_task(wait_for_other(0)))
    await asyncio.sleep_ms(1)
    print(tasks[0].cancel())


asyncio.run(main())
try:
    asyncio.current_task()
except RuntimeError as error:
    print("RuntimeError:", error)
