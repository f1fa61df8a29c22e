# board: none
# Local time by the rules in TZ: a zone that changes twice a year, one that never does, and none.
import os
import time

SPRING = 1269738000  # 28 March 2010, 01:00 UTC
AUTUMN = 1288486800  # 31 October 2010, 01:00 UTC

for zone in ("CET-1CEST,M3.5.0,M10.5.0/3", "EST5", "UTC", "no rules"):
    os.putenv("TZ", zone)
    print(zone)
    for moment in (0, SPRING - 1, SPRING, AUTUMN - 1, AUTUMN):
        print(moment, time.localtime(moment), time.gmtime(moment)[3:])
        # Both forms say the same but for the hour that comes twice.
        there = time.localtime(moment)
        print(time.mktime(there) - moment, time.mktime(there[:8]) - moment)
    # An hour that there is not, one that there is twice, and a flag that does not fit.
    for date in ((2010, 3, 28, 2, 30, 0, 0, 0), (2010, 10, 31, 2, 30, 0, 0, 0), (2010, 7, 1, 2, 30, 0, 0, 0)):
        print(date[:3], [time.mktime(date + (flag,)) for flag in (-1, 0, 1)])

for bad in ((), (1,) * 7, (1,) * 10, (2010, 1, 1, 0, 0, 0, 0, 0, "x"), 5):
    try:
        time.mktime(bad)
    except TypeError as error:
        print("TypeError")
