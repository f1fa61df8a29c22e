# run: --clock virtual
# status: 1
# stderr: thread_deadlock.err
# While a thread sleeps, nothing is stuck; when nobody can go on, the report says where everybody waits.
import _thread
import asyncio
import time

one = _thread.allocate_lock()
two = _thread.allocate_lock()


def first():
    one.acquire()
    time.sleep_ms(10)
    two.acquire()


def second():
    two.acquire()
    time.sleep(3600)
    print("an hour later")
    one.acquire()


async def never(event):
    await event.wait()


def loop():
    asyncio.run(never(asyncio.Event()))


_thread.start_new_thread(first, ())
_thread.start_new_thread(second, ())
_thread.start_new_thread(loop, ())
time.sleep_ms(10)
with one:
    print("not reached")
