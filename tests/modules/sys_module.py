# board: none
# sys, micropython and gc, as far as they are the same everywhere.
import gc
import io
import micropython
import sys
from micropython import const

print(sys.platform, sys.implementation.name, sys.byteorder, sys.argv, type(sys.path).__name__, sys.maxsize > 1 << 29)
print(sys.version_info[:2] >= (3, 4), len(sys.implementation.version), isinstance(sys.version, str))
out = io.StringIO()
try:
    {}["missing"]
except KeyError as error:
    sys.print_exception(error, out)
print(out.getvalue())
sys.stdout.write("written\n")
print("print to stdout", file=sys.stdout)
LIMIT = const(10)
_HIDDEN = const(20)
print(LIMIT + _HIDDEN)
print(gc.isenabled(), gc.collect() >= 0, gc.mem_free() > 0, gc.mem_alloc() > 0)
gc.disable()
print(gc.isenabled())
gc.enable()


def callback(argument):
    print("scheduled", argument)


micropython.schedule(callback, 1)
for _ in range(100):
    pass
print("after")
# Cycles are collected.
before = gc.mem_alloc()
for _ in range(2000):
    a, b = [], []
    a.append(b)
    b.append(a)
a = b = None
gc.collect()
print(gc.mem_alloc() - before < 20000)
print(micropython.opt_level() >= 0)
