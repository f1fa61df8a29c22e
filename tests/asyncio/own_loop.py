# run: --clock virtual
# A loop written in Python over the types of `_asyncio`: it tells them where it keeps its state.
from _asyncio import Task, TaskQueue
from time import ticks_ms, ticks_add, ticks_diff, sleep_ms as block


class CancelledError(BaseException):
    pass


_task_queue = TaskQueue()
cur_task = None


def create(coroutine):
    task = Task(coroutine, globals())
    _task_queue.push(task)
    return task


class Sleep:
    def __init__(self, ms):
        self.due = ticks_add(ticks_ms(), ms)

    def __iter__(self):
        return self

    def __next__(self):
        if self.due is None:
            raise StopIteration
        _task_queue.push(cur_task, self.due)
        self.due = None


def run(main):
    global cur_task
    while True:
        task = _task_queue.peek()
        if task is None:
            return "nothing left"
        delay = ticks_diff(task.ph_key, ticks_ms())
        if delay > 0:
            block(delay)
        task = _task_queue.pop()
        cur_task = task
        try:
            if task.data:
                exception, task.data = task.data, None
                task.coro.throw(exception)
            else:
                task.coro.send(None)
        except (StopIteration, CancelledError, ValueError) as end:
            waiters = task.state
            task.data, task.state = end, False
            if waiters is not True:
                while waiters.peek():
                    _task_queue.push(waiters.pop())
            if task is main:
                return end.value


async def worker(name, ms):
    try:
        await Sleep(ms)
    except CancelledError:
        print(name, "cancelled")
        raise
    print(name, "slept", ms)
    return name


async def fails():
    await Sleep(1)
    raise ValueError("as asked")


async def main():
    tasks = [create(worker(n, 30 - 10 * n)) for n in range(3)]
    for task in tasks:
        print("joined", await task)
    task = create(worker("long", 1000))
    await Sleep(5)
    print(task.cancel(), task.done())
    try:
        await task
    except CancelledError:
        print("so it was", task.done(), task.cancel())
    try:
        await create(fails())
    except ValueError as error:
        print(error)
    return "done"


print(run(create(main())))
print(run(None))
