# A file read line by line.
import sys
from measure import ticks_us, report_ns


def read(path):
    count = 0
    size = 0
    with open(path) as file:
        for line in file:
            count += 1
            size += len(line)
    return count


start = ticks_us()
count = read(sys.argv[1])
report_ns("read_lines", start, count)
