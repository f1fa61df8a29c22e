# A dict with string keys filled, asked, counted in and emptied.
import sys
from measure import ticks_us, report_ns

SIZE = 1000
KEYS = ["key" + str(i) for i in range(SIZE)]


def work(rounds):
    for _ in range(rounds):
        table = {}
        for key in KEYS:
            table[key] = 1
        for key in KEYS:
            table[key] += 1
        for key in KEYS:
            table[key] = table.get(key, 0) + 1
        for key in KEYS:
            if key in table:
                del table[key]


COUNT = int(sys.argv[1])
start = ticks_us()
work(COUNT)
report_ns("dict_work", start, COUNT * SIZE)
