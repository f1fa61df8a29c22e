# run: --clock virtual
# Callbacks run in the place of the main program, whoever has the turn; locking the heap is a thread's own affair.
import _thread
import micropython
import time

main = _thread.get_ident()
seen = []


def callback(argument):
    seen.append((argument, _thread.get_ident() == main))


def schedules(count):
    for number in range(count):
        while True:
            try:
                micropython.schedule(callback, number)
                break
            except RuntimeError:
                time.sleep_ms(1)


# From a thread, while the main program sleeps, works, or waits for a lock.
_thread.start_new_thread(schedules, (3,))
time.sleep_ms(10)
print(seen)
lock = _thread.allocate_lock()
lock.acquire()
seen = []


def schedules_and_releases():
    schedules(6)
    time.sleep_ms(20)
    lock.release()


_thread.start_new_thread(schedules_and_releases, ())
lock.acquire()
print(len(seen), all(in_main for number, in_main in seen))


# A callback that waits holds up the main program, but not the threads.
def slow(argument):
    time.sleep_ms(100)
    seen.append("callback")


def quick():
    for _ in range(3):
        time.sleep_ms(10)
        seen.append("thread")


seen = []
_thread.start_new_thread(quick, ())
micropython.schedule(slow, None)
time.sleep_ms(1)
seen.append("main")
print(seen)


# What a callback waits for, a thread may release.
def takes(argument):
    lock.acquire()
    seen.append("taken")


_thread.start_new_thread(lambda: (time.sleep_ms(10), lock.release()), ())
micropython.schedule(takes, None)
for _ in range(2):
    pass
print(seen[-1], lock.locked())


# Callbacks that schedule each other keep nobody from having a turn.
def again(argument):
    global agains
    agains += 1
    if not stop:
        micropython.schedule(again, None)


agains = 0
stop = False
turns = [0, 0]


def takes_turns(place):
    while not stop:
        turns[place] += 1


for place in range(2):
    _thread.start_new_thread(takes_turns, (place,))
micropython.schedule(again, None)
for i in range(3000):
    pass
stop = True
time.sleep_ms(10)
print(agains > 100, all(turns))


# A locked heap is locked for one thread only.
def allocates():
    results.append([1, 2, 3] + [micropython.heap_locked()])
    micropython.heap_lock()
    time.sleep_ms(10)
    locks[0] = micropython.heap_unlock()


results = []
locks = [None, None]
_thread.start_new_thread(allocates, ())
micropython.heap_lock()
time.sleep_ms(5)
locked = micropython.heap_locked()
try:
    [1, locked, 2]
    refused = False
except MemoryError:
    refused = True
time.sleep_ms(10)
locks[1] = micropython.heap_unlock()
print(results, locked, refused, locks)

# In a callback the heap is as the main program left it.
heap_seen = [None]


def looks(argument):
    heap_seen[0] = micropython.heap_locked()


_thread.start_new_thread(micropython.schedule, (looks, None))
micropython.heap_lock()
time.sleep_ms(5)
micropython.heap_unlock()
print(heap_seen)


# An end that a callback asks for is the end of the program.
def leave(argument):
    raise SystemExit


_thread.start_new_thread(micropython.schedule, (leave, None))
try:
    lock.acquire()
except SystemExit:
    print("SystemExit")
lock.release()
print(lock.locked())
