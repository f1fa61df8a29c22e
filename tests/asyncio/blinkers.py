# run: --clock virtual
# Two lights that alternate, as at a railroad crossing: the same order and the same times in every run.
import asyncio
import time

PERIOD_MS = 50


class Light:
    def __init__(self, name, on):
        self.name = name
        self.on = on

    def toggle(self):
        self.on = not self.on
        # To ten milliseconds, so that a slow machine with a real clock prints the same.
        at = (time.ticks_diff(time.ticks_ms(), start) + 5) // 10 * 10
        print("%4d ms: %s %s" % (at, self.name, "on" if self.on else "off"))


async def blink(light):
    while True:
        await asyncio.sleep_ms(PERIOD_MS)
        light.toggle()


async def stop_later():
    await asyncio.sleep_ms(PERIOD_MS * 6 + PERIOD_MS // 2)
    asyncio.get_event_loop().stop()


start = time.ticks_ms()
left, right = Light("left", True), Light("right", False)
loop = asyncio.get_event_loop()
loop.create_task(blink(left))
loop.create_task(blink(right))
loop.create_task(stop_later())
loop.run_forever()
print("exactly one is on:", left.on != right.on)
