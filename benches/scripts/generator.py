# Values handed out one by one, through a second generator.
import sys
from measure import ticks_us, report_ns


def numbers(count):
    for number in range(count):
        yield number


def relay(count):
    yield from numbers(count)


COUNT = int(sys.argv[1])
start = ticks_us()
for _ in relay(COUNT):
    pass
report_ns("generator", start, COUNT)
