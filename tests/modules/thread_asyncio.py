# run: --clock virtual
# Threads beside event loops: a flag set by a thread wakes the loop of the main program, and loops run in threads.
import _thread
import asyncio
import time

begun = time.ticks_ms()


def since():
    return time.ticks_diff(time.ticks_ms(), begun)


def set_later(flag, ms):
    time.sleep_ms(ms)
    flag.set()


async def waits_for(flag, name):
    await flag.wait()
    print(name, since())


async def ticks():
    for _ in range(4):
        await asyncio.sleep_ms(20)
        print("tick", since())


async def main():
    flags = [asyncio.ThreadSafeFlag() for _ in range(3)]
    tasks = [asyncio.create_task(waits_for(flag, "flag %u" % i)) for i, flag in enumerate(flags)]
    for i, flag in enumerate(flags):
        _thread.start_new_thread(set_later, (flag, 50 - 20 * i))
    # While this sleeps, the loop of this program does not run; the flags are set all the same.
    time.sleep_ms(35)
    await asyncio.gather(ticks(), *tasks)


asyncio.run(main())


# The loop waits for nothing but a flag.
async def only(flag):
    await flag.wait()
    print("only", since() >= 1000)


begun = time.ticks_ms()
flag = asyncio.ThreadSafeFlag()
_thread.start_new_thread(set_later, (flag, 1000))
asyncio.run(only(flag))


# A task made by a thread, and an event that it sets, wake a loop as well.
async def made(name):
    print("made by a", name)
    return name


async def until(event):
    await event.wait()
    return "event"


def make_and_set(event):
    time.sleep_ms(10)
    asyncio.create_task(made("thread"))
    time.sleep_ms(10)
    event.set()


event = asyncio.Event()
_thread.start_new_thread(make_and_set, (event,))
print(asyncio.run(until(event)), asyncio.current_task is not None)


# A loop in a thread, while the main program does something else.
async def worker(number):
    total = 0
    for i in range(5):
        await asyncio.sleep_ms(10 * number)
        total += i
    results.append((number, total, since()))


async def workers():
    await asyncio.gather(*(worker(number) for number in (3, 1, 2)))


def in_thread():
    asyncio.run(workers())
    done.release()


results = []
done = _thread.allocate_lock()
done.acquire()
begun = time.ticks_ms()
_thread.start_new_thread(in_thread, ())
while not done.acquire(0):
    time.sleep_ms(1)
print(results)


# A task that blocks holds up the loop, not the threads.
async def blocks():
    time.sleep_ms(100)


def counts():
    global counted
    for _ in range(5):
        time.sleep_ms(10)
        counted += 1


counted = 0
_thread.start_new_thread(counts, ())
asyncio.run(blocks())
print(counted)


# A loop that ends in a thread leaves its tasks to a loop that is parked.
async def left_behind(event):
    await asyncio.sleep_ms(30)
    print("left behind, and done")
    event.set()


async def leaves(event):
    asyncio.create_task(left_behind(event))
    await asyncio.sleep_ms(5)


event = asyncio.Event()
_thread.start_new_thread(lambda: asyncio.run(leaves(event)), ())
print(asyncio.run(until(event)))
