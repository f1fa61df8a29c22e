# run: --clock virtual
# Locks between threads: who gets them and when, and what is refused.
import _thread
import time

lock = _thread.allocate_lock()
print(type(lock) is _thread.LockType, lock.locked())
print(lock.acquire(), lock.locked(), lock.acquire(0), lock.acquire(False, 5))
print(lock.release(), lock.locked())
with lock as got:
    print("held:", lock.locked(), got)
print(lock.locked())

for wrong in (lambda: lock.release(), lambda: lock.acquire("x"), lambda: lock.acquire(1, "x")):
    try:
        wrong()
    except (RuntimeError, TypeError) as error:
        print(type(error).__name__)
for many in (lambda: lock.acquire(1, 2, 3), lambda: _thread.allocate_lock(1), lambda: _thread.LockType()):
    try:
        many()
    except TypeError:
        print("TypeError")

# A timeout is in seconds; without waiting for long, none of it passes.
lock.acquire()
begun = time.ticks_ms()
print(lock.acquire(1, 0.25), time.ticks_diff(time.ticks_ms(), begun))
print(lock.acquire(True, 0), lock.acquire(1, 0.0))
lock.release()
print(lock.acquire(1, 0.25))
lock.release()

# It is handed over in the order in which they came, whoever else would like to have it.
order = []


def wait_for_it(name):
    with lock:
        order.append(name)
        time.sleep_ms(5)


lock.acquire()
for name in "abcde":
    _thread.start_new_thread(wait_for_it, (name,))
    time.sleep_ms(10)
lock.release()
print(lock.locked(), lock.acquire(0))
lock.acquire()
print("".join(order))
lock.release()

# One that takes it again and again keeps nobody out.
greedy_has_it = 0
finished = False


def modest():
    global finished
    for _ in range(10):
        with lock:
            pass
    finished = True


_thread.start_new_thread(modest, ())
while not finished:
    with lock:
        greedy_has_it += 1
        for _ in range(333):
            pass
print(greedy_has_it < 100)

# A timeout that is over before the lock is free, and one that is not.
results = []


def impatient(seconds):
    results.append((seconds, lock.acquire(1, seconds), time.ticks_diff(time.ticks_ms(), begun)))


lock.acquire()
begun = time.ticks_ms()
for seconds in (0.1, 0.3, 0.5):
    _thread.start_new_thread(impatient, (seconds,))
time.sleep_ms(200)
lock.release()
time.sleep_ms(500)
print(results)
lock.release()

# Anybody may release it.
lock.acquire()
_thread.start_new_thread(lock.release, ())
print(lock.acquire(), lock.locked())
lock.release()


# An exception in a block gives it back.
def failing():
    try:
        with lock:
            raise KeyError
    except KeyError:
        results.append("caught")


_thread.start_new_thread(failing, ())
time.sleep_ms(10)
print(results[-1], lock.locked())
