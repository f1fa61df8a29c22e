# An attribute read and written in a method.
import sys
from measure import ticks_us, report_ns


class Counter:
    def __init__(self):
        self.x = 0

    def count(self, times):
        for _ in range(times):
            self.x = self.x + 1


COUNT = int(sys.argv[1])
counter = Counter()
start = ticks_us()
counter.count(COUNT)
report_ns("attribute", start, COUNT)
