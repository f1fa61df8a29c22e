# A method of an instance, called with an argument.
import sys
from measure import ticks_us, report_ns


class Adder:
    def __init__(self):
        self.total = 0

    def add(self, number):
        self.total += number


def call(adder, times):
    for number in range(times):
        adder.add(number)


COUNT = int(sys.argv[1])
start = ticks_us()
call(Adder(), COUNT)
report_ns("method_call", start, COUNT)
