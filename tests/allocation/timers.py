# Timers, in software and in hardware, and callbacks that raise.

import asyncio
import micropython
from machine import Timer
import pyb


def show(text):
    print(text)


async def main():
    flag = asyncio.ThreadSafeFlag()
    ticks = []

    def tick(timer):
        ticks.append(len(ticks))
        if len(ticks) == 3:
            timer.deinit()
            flag.set()

    periodic = Timer(period=2, callback=tick)
    await asyncio.wait_for_ms(flag.wait(), 50)
    print(ticks)
    periodic.deinit()
    once = Timer(-1)
    once.init(mode=Timer.ONE_SHOT, period=1, callback=lambda timer: flag.set())
    await asyncio.wait_for_ms(flag.wait(), 50)
    hardware = pyb.Timer(4, freq=100)
    hardware.callback(lambda timer: flag.set())
    await asyncio.wait_for_ms(flag.wait(), 50)
    hardware.callback(None)
    hardware.deinit()
    micropython.schedule(show, 'scheduled')
    await asyncio.sleep_ms(1)
    timers = [Timer(period=5, callback=lambda timer: timer.deinit()) for _ in range(5)]
    await asyncio.sleep_ms(20)
    print(len(timers))


asyncio.run(main())
