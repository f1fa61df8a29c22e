# An exception made, raised and caught one call further out.
import sys
from measure import ticks_us, report_ns


def fail():
    raise ValueError("no")


def catch(times):
    for _ in range(times):
        try:
            fail()
        except ValueError:
            pass


COUNT = int(sys.argv[1])
start = ticks_us()
catch(COUNT)
report_ns("exception", start, COUNT)
