# The same crossing with one mistake: the coroutines sleep with time.sleep_ms in place of the awaited sleep.
#
# What one sees: the yellow light (LED 3) blinks, and the green one (LED 2) never does. time.sleep_ms stops the
# whole program, not only the coroutine that calls it, and a coroutine that never awaits anything never lets
# another one run: the second task is created, is ready, and waits for its first turn for ever.
#
# Compare crossing.py: the cure is `await asyncio.sleep_ms(PERIOD_MS)`.

import uasyncio as asyncio
import time

PERIOD_MS = 150


async def blink(led):
    while True:
        led.toggle()
        time.sleep_ms(PERIOD_MS)


yellow = pyb.LED(3)
green = pyb.LED(2)
yellow.on()
green.off()

loop = asyncio.get_event_loop()
loop.create_task(blink(yellow))
loop.create_task(blink(green))
loop.run_forever()
