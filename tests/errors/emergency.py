# run: -X heapsize=1M
# Exceptions while the heap is locked, and when it is full, say what happened.

import micropython


def shown(error):
    return type(error).__name__ + ": " + str(error)[:30]


def locked():
    micropython.heap_lock()
    try:
        nothing_of_this_name
    except NameError as error:
        first = error
    try:
        1 // 0
    except ZeroDivisionError as error:
        second = error
    many = Exception(1, 2, 3, 4, 5, 6, 7, 8)
    try:
        [1, 2, 3]
    except MemoryError as error:
        third = error
    micropython.heap_unlock()
    print(shown(first))
    print(shown(second))
    print(shown(third))
    print(repr(many))


locked()


def full():
    chain = []
    try:
        while True:
            chain = [chain]
    except MemoryError as error:
        print(error)
    try:
        full(an_argument_that_is_not_there=1)
    except TypeError as error:
        caught = error
    while chain:
        chain[0], chain = None, chain[0]
    print(shown(caught))


full()


# An exception cannot be raised before its __init__ has made it one.
class Early(Exception):
    def __init__(self):
        raise self


class Late(Exception):
    def __init__(self, text):
        super().__init__(text)
        raise self


class Silent(Exception):
    def __init__(self, *arguments):
        pass


for make in Early, lambda: Late("after"):
    try:
        make()
    except Exception as error:
        print(repr(error))
print(repr(Silent(1, 2)))
try:
    raise Silent
except Silent as error:
    print(repr(error))
