# run: --clock virtual
# stderr: thread_exceptions.err
# How threads end: by an exception that nobody catches, by one that means just that, by going too deep.
import _thread
import sys
import time


class Named:
    def __init__(self, name, work):
        self.name = name
        self.work = work

    def __call__(self, *arguments, **keywords):
        return self.work(*arguments, **keywords)

    def __repr__(self):
        return "<%s>" % self.name


class Own(Exception):
    def __str__(self):
        return "seen by nobody"


def inner(number):
    return 1 // number


def outer(number):
    inner(number)


def own():
    raise Own(1, 2)


def refused(one, two):
    pass


def bad_repr():
    raise ValueError("from the thread")


class BadRepr(Named):
    def __repr__(self):
        raise TypeError("no repr")


def run(name, work, *arguments):
    _thread.start_new_thread(Named(name, work), arguments)
    time.sleep_ms(10)


run("division", outer, 0)
run("own exception", own)
run("wrong arguments", refused, 1)
_thread.start_new_thread(BadRepr("", bad_repr), ())
time.sleep_ms(10)
_thread.start_new_thread(5, ())
time.sleep_ms(10)


# These end a thread without a word.
def leave():
    try:
        _thread.exit()
    finally:
        print("finally")


run("exit", leave)
run("sys.exit", sys.exit, 3)


def stop():
    raise SystemExit(4)


run("SystemExit", stop)


# Exceptions belong to the thread that they were raised in.
def handles(number):
    try:
        inner(0)
    except ZeroDivisionError:
        time.sleep_ms(20)
        try:
            raise
        except Exception as error:
            print("thread", number, "again:", error)


try:
    raise KeyError("of the main program")
except KeyError:
    for number in range(3):
        _thread.start_new_thread(handles, (number,))
        time.sleep_ms(5)
    time.sleep_ms(50)
    try:
        raise
    except Exception as error:
        print("main program again:", error)


# A thread has a stack of its own.
def deep(levels):
    if levels:
        return deep(levels - 1)
    time.sleep_ms(5)
    return 0


def too_deep():
    try:
        deep(1_000_000)
    except RuntimeError as error:
        print(error)


for _ in range(3):
    _thread.start_new_thread(deep, (2000,))
_thread.start_new_thread(too_deep, ())
deep(2000)
time.sleep_ms(20)

# What is refused at once.
for arguments in ((print,), (print, 5), (print, (), ()), (print, (), None)):
    try:
        _thread.start_new_thread(*arguments)
    except TypeError as error:
        print("TypeError")
try:
    _thread.exit()
except SystemExit as error:
    print("SystemExit", error.args)
