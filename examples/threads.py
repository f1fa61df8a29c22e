# The railroad crossing once more, with a thread for each light in place of a coroutine.
#
# What one sees: as in crossing.py, yellow (LED 3) and green (LED 2) change places every 150 ms. Here each light has
# a thread of its own, and a sleep that blocks: it holds up its own thread and nobody else. (In crossing_blocked.py
# such a sleep, in a coroutine, keeps the second light dark.)
#
# The main program has nothing to do but wait; when it ends, so do the threads.

import _thread
import time

PERIOD_MS = 150


def blink(led):
    while True:
        led.toggle()
        time.sleep_ms(PERIOD_MS)


yellow = pyb.LED(3)
green = pyb.LED(2)
yellow.on()
green.off()

_thread.start_new_thread(blink, (yellow,))
_thread.start_new_thread(blink, (green,))
while True:
    time.sleep(1)
