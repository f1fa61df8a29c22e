# board: none
# time: ticks, sleeping and the calendar.
import time
import utime

print(utime is time)
start = time.ticks_ms()
time.sleep_ms(20)
passed = time.ticks_diff(time.ticks_ms(), start)
print(passed >= 20, passed < 1000)
start = time.ticks_us()
time.sleep(0.003)
time.sleep_us(2000)
time.sleep_ms(-5)
print(time.ticks_diff(time.ticks_us(), start) >= 5000)
for end, begin in ((5, 3), (3, 5), (0, (1 << 62) - 1), (1 << 61, 0)):
    print(time.ticks_diff(end, begin))
print(time.ticks_add(3, -4), time.ticks_add((1 << 62) - 1, 2))
for bad in (
    lambda: time.ticks_add(0, 1 << 61),
    lambda: time.sleep(-1),
    lambda: time.sleep(float("nan")),
    lambda: time.sleep("1"),
    lambda: time.sleep_ms(1.5),
    lambda: time.mktime((1, 2, 3)),
    lambda: time.mktime(5),
    lambda: time.mktime((1 << 62, 1, 1, 0, 0, 0, 0, 0)),
):
    try:
        print(bad())
    except Exception as error:
        print(type(error).__name__, error)
print(time.gmtime(0), time.localtime(1700000000))
print(time.gmtime(-1), time.gmtime(951782400)[:3])
print(time.mktime((2023, 14, 14, 22, 13, 20, 0, 0)))
for seconds in (0, 86399, 951782399, 1 << 40, -(1 << 40)):
    if time.mktime(time.gmtime(seconds)) != seconds:
        print("differs", seconds)
now = time.time()
print(type(now), abs(time.time_ns() / 1e9 - now) < 5, time.clock() >= 0)
