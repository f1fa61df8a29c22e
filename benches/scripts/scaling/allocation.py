# Small objects that nobody keeps, on a heap that others fill: what one costs, collections included.
import gc
import sys

PERCENT = int(sys.argv[1])
COUNT = int(sys.argv[2])


def fill(percent):
    """Live data of so much of the heap, in objects like those that are allocated later."""
    wanted = (gc.mem_alloc() + gc.mem_free()) // 100 * percent
    live = []
    while gc.mem_alloc() < wanted:
        live.append([[number, None] for number in range(500)])
    return live


def allocate(count):
    for number in range(count):
        [number, None]


live = fill(PERCENT)
gc.collect()
allocate(COUNT)
