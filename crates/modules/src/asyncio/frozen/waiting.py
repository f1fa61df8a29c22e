# wait and as_completed: several tasks, and those that are over first.
import asyncio

FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"


def taken(task):
    # Whoever gets a task that is over sees to its exception.
    return None if task.cancelled() else task.exception()


async def wait(fs, *, timeout=None, return_when=ALL_COMPLETED):
    if isinstance(fs, (asyncio.Future, asyncio.Task)):
        raise TypeError("expect a list of futures, not {}".format(type(fs).__name__))
    pending = set(fs)
    if not pending:
        raise ValueError("Set of Tasks/Futures is empty.")
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError("Invalid return_when value: {}".format(return_when))
    for task in pending:
        if not isinstance(task, (asyncio.Future, asyncio.Task)):
            raise TypeError("Passing coroutines is forbidden, use tasks explicitly.")
    done = set()
    enough = asyncio.Future()

    def over(task):
        pending.discard(task)
        done.add(task)
        error = taken(task)
        if enough.done():
            return
        if not pending or return_when == FIRST_COMPLETED or return_when == FIRST_EXCEPTION and error is not None:
            enough.set_result(None)

    for task in list(pending):
        if task.done():
            over(task)
        else:
            task.add_done_callback(over)
    timer = None
    try:
        if not enough.done():
            if timeout is not None:
                timer = asyncio.get_running_loop().call_later(timeout, stop, enough)
            await enough
    finally:
        if timer is not None:
            timer.cancel()
        for task in pending:
            task.remove_done_callback(over)
    for task in list(pending):
        if task.done():
            over(task)
    return done, pending


def stop(future):
    if not future.done():
        future.set_result(None)


def as_completed(fs, *, timeout=None):
    if isinstance(fs, (asyncio.Future, asyncio.Task)):
        raise TypeError("expect an iterable of futures, not {}".format(type(fs).__name__))
    over = asyncio.Queue()
    left = {asyncio.ensure_future(task) for task in fs}
    timer = None

    def completed(task):
        left.discard(task)
        taken(task)
        over.put_nowait(task)
        if not left and timer is not None:
            timer.cancel()

    def too_late():
        for task in left:
            task.remove_done_callback(completed)
            over.put_nowait(None)
        left.clear()

    async def following():
        task = await over.get()
        if task is None:
            raise asyncio.TimeoutError
        return task.result()

    count = len(left)
    for task in list(left):
        task.add_done_callback(completed)
    if timeout is not None and left:
        timer = asyncio.get_event_loop().call_later(timeout, too_late)
    return (following() for _ in range(count))
