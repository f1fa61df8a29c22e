# to_thread: a function that blocks, called on a thread of its own, awaited by a task.
import _thread
import asyncio


async def to_thread(func, *args, **kwargs):
    call_soon = asyncio.get_running_loop().call_soon_threadsafe
    future = asyncio.Future()

    def end(settle, outcome):
        # Whoever awaited it may have been cancelled; the thread has run to its end all the same.
        if not future.done():
            settle(outcome)

    def work():
        try:
            result = func(*args, **kwargs)
        except Exception as error:
            call_soon(end, future.set_exception, error)
        else:
            call_soon(end, future.set_result, result)

    _thread.start_new_thread(work, ())
    return await future
