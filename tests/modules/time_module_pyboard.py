# board: pybv11
# time on a microcontroller: whole seconds from 2000, ticks that wrap early.
import sys
import time

print(type(time.time()), time.gmtime(0), len(time.localtime()))
print(time.mktime((2000, 1, 1, 0, 0, 1, 0, 0)))
print(time.ticks_add((1 << 30) - 1, 2), time.ticks_diff(1, (1 << 30) - 1))
try:
    time.ticks_add(0, 1 << 29)
except OverflowError as error:
    print(error)
print(sys.platform, sys.maxsize)
