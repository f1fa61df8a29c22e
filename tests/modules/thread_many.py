# run: --clock virtual
# Many threads: numbers, arguments, the limit, and that ended ones leave nothing behind.
import _thread
import gc
import time

idents = set()
main = _thread.get_ident()
print(type(main) is int, main != 0)


def note(one, two=2, *rest, **more):
    idents.add(_thread.get_ident())
    return one, two, rest, more


started = set()
for _ in range(100):
    started.add(_thread.start_new_thread(note, (1,)))
time.sleep_ms(100)
print(len(idents), idents == started, main in idents)

seen = []
_thread.start_new_thread(lambda *rest, **more: seen.append((rest, sorted(more.items()))), (1, 2), {"three": 3})
_thread.start_new_thread(lambda *rest, **more: seen.append((rest, sorted(more.items()))), [1, [2]], {})
keywords = {"a": 1}
_thread.start_new_thread(lambda **more: seen.append(more), (), keywords)
keywords["b"] = 2
time.sleep_ms(10)
print(seen)

# So many and no more.
gate = _thread.allocate_lock()
gate.acquire()
passed = 0


def wait():
    global passed
    with gate:
        passed += 1


count = 0
try:
    while True:
        _thread.start_new_thread(wait, ())
        count += 1
except OSError as error:
    print("OSError", error.errno == 11)
print(count > 500)
gate.release()
while passed < count:
    time.sleep_ms(1)
print("all passed", gate.locked())

# Threads that start threads.
generations = 0


def generation(left):
    global generations
    generations += 1
    if left:
        _thread.start_new_thread(generation, (left - 1,))


generation(50)
time.sleep_ms(100)
print(generations)


# What ended threads took is given back.
def allocate():
    data = bytearray(1000)
    return len(data)


def round_of(count):
    for _ in range(count):
        _thread.start_new_thread(allocate, ())
    time.sleep_ms(100)
    gc.collect()
    return gc.mem_alloc()


round_of(100)
before = round_of(100)
for _ in range(5):
    after = round_of(100)
print(after - before < 2000)


# Each keeps its own objects alive while others collect.
def keep(number):
    own = [[number, i] for i in range(50)]
    for _ in range(3):
        gc.collect()
        time.sleep_ms(number % 3)
    correct.append(all(item == [number, i] for i, item in enumerate(own)))


correct = []
for number in range(10):
    _thread.start_new_thread(keep, (number,))
time.sleep_ms(100)
print(len(correct), all(correct))
print(_thread.stack_size(), _thread.stack_size(8192), _thread.stack_size(), _thread.stack_size())
