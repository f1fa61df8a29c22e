# run: --clock virtual
# Threads take turns, at the same places in every run: the trace is part of what is expected.
import _thread
import time

trace = []
running = 3


def count(name, rounds):
    global running
    for i in range(rounds):
        if i % 400 == 0:
            trace.append(name + str(i // 400))
    running -= 1


for name in "abc":
    _thread.start_new_thread(count, (name, 2000))
while running:
    pass
print(" ".join(trace))

# A thread that never waits does not delay one that sleeps by more than the turns of the others.
stop = False
late = []


def busy():
    while not stop:
        pass


def sleeper():
    for _ in range(20):
        begun = time.ticks_us()
        time.sleep_ms(15)
        late.append(time.ticks_diff(time.ticks_us(), begun) - 15000)


_thread.start_new_thread(busy, ())
_thread.start_new_thread(busy, ())
sleeper()
stop = True
print(max(late) <= 3000, min(late) >= 0)

# Sleeping threads wake in the order of their times.
woken = []


def wake_after(ms):
    time.sleep_ms(ms)
    woken.append((ms, time.ticks_diff(time.ticks_ms(), begun)))


time.sleep_ms(10)
begun = time.ticks_ms()
for ms in (50, 10, 40, 20, 30):
    _thread.start_new_thread(wake_after, (ms,))
time.sleep_ms(100)
print(woken)


# Nested runs are not interrupted; what follows them is, at once.
class Slow:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        for i in range(3000):
            if i % 1000 == 0:
                trace.append(self.name + "=")
        return False

    def __hash__(self):
        return 1


def compare(name):
    global running
    for _ in range(2):
        Slow(name) in [1, Slow("?")]
        trace.append(name)
    running -= 1


trace = []
running = 2
_thread.start_new_thread(compare, ("x",))
_thread.start_new_thread(compare, ("y",))
while running:
    pass
print(" ".join(trace))


# In there a thread can sleep, but nothing else has a turn; and it cannot wait for another thread.
class Sleeps:
    def __eq__(self, other):
        time.sleep_ms(5)
        return True

    def __hash__(self):
        return 1


class Locks(Sleeps):
    def __eq__(self, other):
        return lock.acquire()


lock = _thread.allocate_lock()
lock.acquire()
print({Sleeps(): 1}[Sleeps()])
try:
    {Locks(): 1}[Locks()]
except RuntimeError as error:
    print("RuntimeError:", error)


# Generators, comprehensions and sorting are put down in the middle like anything else.
def squares(count):
    for i in range(count):
        yield i * i


def work(number):
    global running
    total = sum(squares(3000))
    ordered = sorted(range(1000), key=lambda item: -item)
    table = {str(i): [j for j in range(3)] for i in range(300)}
    text = ",".join(str(i) for i in range(500))
    results.append((total, ordered[0], len(table), len(text)))
    running -= 1


results = []
running = 4
for number in range(4):
    _thread.start_new_thread(work, (number,))
while running:
    time.sleep_ms(1)
print(len(results), len(set(results)), results[0])

# A generator that runs in one thread cannot be resumed by another.
def endless():
    while True:
        busy_for_a_while()
        yield


def busy_for_a_while():
    for _ in range(3000):
        pass


shared = endless()
_thread.start_new_thread(next, (shared,))
time.sleep_ms(0)
try:
    next(shared)
except ValueError as error:
    print("ValueError:", error)
