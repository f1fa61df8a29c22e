# A list filled, read, sorted and cut.
import sys
from measure import ticks_us, report_ns

SIZE = 1000


def work(rounds):
    total = 0
    for _ in range(rounds):
        numbers = []
        for i in range(SIZE):
            numbers.append(i * 7919 % 1009)
        for i in range(SIZE):
            total += numbers[i]
        numbers.sort()
        total += len(numbers[10:-10])
        total += sum([n for n in numbers if n & 1])
    return total


COUNT = int(sys.argv[1])
start = ticks_us()
work(COUNT)
report_ns("list_work", start, COUNT * SIZE)
