# A button that changes what a light does: the press sets an Event, and a task waits for it.
#
# What one sees: the red light (LED 1) blinks slowly, as a sign that the program lives. Each press of the USR
# button switches the blue light (LED 4) and prints how often it was pressed so far. Between the presses the
# task that waits for the button costs nothing: it is not asked again and again whether anything has happened.
#
# The press arrives as an interrupt, in the middle of anything. So the callback does the least that is possible,
# set a flag, and a task does the rest in its own time. An interrupt may set a ThreadSafeFlag, not an Event, so
# one small task hands the press on to the Event that everybody else may wait for.

import asyncio
import pyb

pressed = asyncio.Event()
interrupt = asyncio.ThreadSafeFlag()


async def hand_on():
    while True:
        await interrupt.wait()
        pressed.set()


async def switch(led):
    presses = 0
    while True:
        await pressed.wait()
        pressed.clear()
        presses += 1
        led.toggle()
        print("pressed", presses)


async def live(led):
    while True:
        led.on()
        await asyncio.sleep_ms(100)
        led.off()
        await asyncio.sleep_ms(900)


async def main():
    pyb.Switch().callback(interrupt.set)
    asyncio.create_task(hand_on())
    asyncio.create_task(live(pyb.LED(1)))
    await switch(pyb.LED(4))


asyncio.run(main())
