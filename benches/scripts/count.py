# The smallest loop: a comparison, an addition, a jump.
import sys
from measure import ticks_us, report_ns


def count(limit):
    i = 0
    while i < limit:
        i += 1


COUNT = int(sys.argv[1])
start = ticks_us()
count(COUNT)
report_ns("count", start, COUNT)
