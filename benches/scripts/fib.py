# Calls, and little else.
import sys
from measure import ticks_us, report_ms

N = int(sys.argv[1])


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


start = ticks_us()
fib(N)
report_ms("fib", start)
