# What a logger does: numbers formatted, parts joined, the line looked at.
import sys
from measure import ticks_us, report_ns


def log(lines):
    size = 0
    for number in range(lines):
        parts = ["sensor", str(number % 8), "%d.%02d" % (number // 100, number % 100)]
        line = ",".join(parts) + "\n"
        if line.startswith("sensor"):
            size += len(line)
    return size


COUNT = int(sys.argv[1])
start = ticks_us()
log(COUNT)
report_ns("string_building", start, COUNT)
