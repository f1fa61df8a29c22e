# run: --clock virtual
# The program ends with its main part: threads that run, sleep or wait end with it, without a word.
import _thread
import sys
import time

lock = _thread.allocate_lock()
lock.acquire()


def busy():
    while True:
        pass


def sleepy():
    time.sleep(1)
    print("never seen")


def waiting():
    try:
        lock.acquire()
    finally:
        print("not seen either")


for function in (busy, sleepy, waiting):
    _thread.start_new_thread(function, ())


# Until the function for the end has run, they go on.
def at_exit():
    time.sleep_ms(100)
    print("at exit", steps > 0)


def steady():
    global steps
    while True:
        steps += 1
        time.sleep_ms(10)


steps = 0
_thread.start_new_thread(steady, ())
sys.atexit(at_exit)
print("main ends")
