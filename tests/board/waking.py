# run: --clock virtual
# stderr: waking.err
# Callbacks of pins, timers and threads wake a loop that waits: an event, a flag, a new task, at the very millisecond.
import _thread
import asyncio
import micropython
import time
from machine import Pin, Timer

start = time.ticks_ms()


def now():
    return time.ticks_diff(time.ticks_ms(), start)


event, flag = asyncio.Event(), asyncio.ThreadSafeFlag()
thread_event, thread_flag = asyncio.Event(), asyncio.ThreadSafeFlag()
pin_flag = asyncio.ThreadSafeFlag()


async def wait(name, what):
    await what.wait()
    print(name, now())


async def made():
    print("made by a callback", now())


def in_a_thread():
    time.sleep_ms(70)
    thread_event.set()
    thread_flag.set()


def make(argument):
    asyncio.create_task(made())


async def main():
    waits = (
        ("soft timer, event", event),
        ("hard timer, flag", flag),
        ("thread, event", thread_event),
        ("thread, flag", thread_flag),
        ("hard pin, flag", pin_flag),
    )
    tasks = [asyncio.create_task(wait(*each)) for each in waits]
    Timer(mode=Timer.ONE_SHOT, period=20, callback=lambda timer: event.set())
    Timer(mode=Timer.ONE_SHOT, period=30, callback=lambda timer: flag.set(), hard=True)
    Timer(mode=Timer.ONE_SHOT, period=40, callback=lambda timer: micropython.schedule(make, 0), hard=True)
    # What it may not do is told, and the loop goes on.
    Timer(mode=Timer.ONE_SHOT, period=50, callback=lambda timer: [timer], hard=True)
    _thread.start_new_thread(in_a_thread, ())
    pin = Pin("X1", Pin.OUT)
    pin.irq(lambda pin: pin_flag.set(), Pin.IRQ_RISING, hard=True)
    Timer(mode=Timer.ONE_SHOT, period=60, callback=lambda timer: pin.on())
    for task in tasks:
        await task
    print("over", now())


asyncio.run(main())
