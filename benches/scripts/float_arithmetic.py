# A planet around a sun, in small steps.
import sys
from measure import ticks_us, report_ns


def orbit(steps):
    x, y, vx, vy = 1.0, 0.0, 0.0, 1.0
    dt = 0.001
    for _ in range(steps):
        r2 = x * x + y * y
        pull = -dt / (r2 * r2**0.5)
        vx += pull * x
        vy += pull * y
        x += vx * dt
        y += vy * dt
    return x, y


COUNT = int(sys.argv[1])
start = ticks_us()
orbit(COUNT)
report_ns("float_arithmetic", start, COUNT)
