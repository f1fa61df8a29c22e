# A railroad crossing: two lights that blink by turns, each driven by a coroutine of its own.
#
# What one sees: yellow (LED 3) and green (LED 2) change places every 150 ms, for as long as the program runs. One
# is switched on at the start and the other off, both change by turns, and so exactly one of them is lit at any
# time. While a coroutine awaits its sleep, the other one runs; neither knows of the other.
#
# The program is one for the board itself, and runs there unchanged. It does not import pyb: after a board's
# boot file, pyb is there already.

import uasyncio as asyncio

PERIOD_MS = 150


async def blink(led):
    while True:
        led.toggle()
        await asyncio.sleep_ms(PERIOD_MS)


yellow = pyb.LED(3)
green = pyb.LED(2)
yellow.on()
green.off()

loop = asyncio.get_event_loop()
loop.create_task(blink(yellow))
loop.create_task(blink(green))
loop.run_forever()
