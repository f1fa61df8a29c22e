# Two lights that blink for as long as the clock lets them: the bench gives them a virtual day.
import asyncio
import pyb


async def blink(led):
    while True:
        led.toggle()
        await asyncio.sleep_ms(150)


pyb.LED(3).on()
loop = asyncio.get_event_loop()
loop.create_task(blink(pyb.LED(2)))
loop.create_task(blink(pyb.LED(3)))
loop.run_forever()
