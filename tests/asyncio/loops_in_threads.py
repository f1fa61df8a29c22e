# asyncio.run in several threads: one loop, each gets the result of its own task.
# run: --clock virtual
import _thread
import asyncio
import micropython
import time

mistakes = []


async def work(name, ms, times):
    itself = asyncio.current_task()
    for _ in range(times):
        sum(range(500))
        if asyncio.current_task() is not itself:
            mistakes.append(name)
        await asyncio.sleep_ms(ms)
    if name == "fails":
        raise ValueError(name)
    return name


ends = {}


def thread(name, ms, times):
    try:
        ends[name] = asyncio.run(work(name, ms, times))
    except ValueError as error:
        ends[name] = repr(error)


# The main program's loop is the first, or the last to end.
for name, ms in (("first", 1), ("last", 20)):
    ends.clear()
    for other in (("short", 2, 3), ("long", 5, 4), ("fails", 3, 3)):
        _thread.start_new_thread(thread, other)
    print(asyncio.run(work(name, ms, 4)))
    time.sleep_ms(100)
    print(sorted(ends.items()))


# One that has ended its loop with an error leaves the others to go on.
async def leaves():
    await asyncio.sleep_ms(3)
    raise SystemExit


ends.clear()
_thread.start_new_thread(thread, ("stays", 5, 3))
try:
    asyncio.run(leaves())
except SystemExit:
    print("left")
time.sleep_ms(50)
print(ends)


# A loop in a loop in a thread, and in a scheduled function.
async def nests(name):
    await asyncio.sleep_ms(1)
    return asyncio.run(work(name, 1, 2))


async def main():
    called = []
    micropython.schedule(lambda _: called.append(asyncio.run(work("scheduled", 1, 2))), None)
    print(await asyncio.to_thread(lambda: asyncio.run(nests("in a thread"))))
    print(await nests("in a task"))
    await asyncio.sleep_ms(10)
    print(called)


asyncio.run(main())
print(mistakes, len(asyncio.all_tasks()))
