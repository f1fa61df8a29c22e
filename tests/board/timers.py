# run: --clock virtual
# stderr: timers.err
# machine.Timer: once and again, soft and hard, changed and stopped.
import time
from machine import Timer, disable_irq, enable_irq

start = time.ticks_ms()


def now():
    return time.ticks_diff(time.ticks_ms(), start)


def tell(timer):
    print("called at", now())


t = Timer()
print(t, Timer(-1), Timer.ONE_SHOT, Timer.PERIODIC)
once = Timer(mode=Timer.ONE_SHOT, period=20, callback=tell)
again = Timer(period=30, callback=tell)
print(once, again)
time.sleep_ms(100)
again.deinit()
time.sleep_ms(100)
again.init(freq=20)
print(again)
time.sleep_ms(60)
again.init(period=5, tick_hz=10, callback=lambda timer: print("changed", now()))
time.sleep_ms(600)
again.deinit()

# A soft callback may allocate and a hard one may not; one that fails is not called again.
hard = Timer(period=10, callback=lambda timer: [timer], hard=True)
soft = Timer(period=10, mode=Timer.ONE_SHOT, callback=lambda timer: print([timer]))
time.sleep_ms(50)

# Of what is due while interrupts are off, each timer's comes once when they are on.
count = 0


def add(timer):
    global count
    count += 1


busy = Timer(period=1, callback=add, hard=True)
off = disable_irq()
until = time.ticks_add(time.ticks_ms(), 20)
while time.ticks_diff(until, time.ticks_ms()) > 0:
    pass
print(count)
enable_irq(off)
for _ in range(10):
    pass
print(count)
busy.deinit()

# A timer that runs is kept, though the program has let go of it.
import gc

Timer(mode=Timer.ONE_SHOT, period=5, callback=lambda timer: print("kept"))
gc.collect()
time.sleep_ms(10)

for wrong in (
    lambda: Timer(1),
    lambda: Timer(period=1 << 30, callback=tell),
    lambda: Timer(period=-1, callback=tell),
    lambda: Timer(freq=0, callback=tell),
    lambda: Timer(period=1, tick_hz=0),
    lambda: Timer(-1, 5),
    lambda: Timer(freq="1"),
    lambda: Timer.init(5),
):
    try:
        print(wrong())
    except Exception as error:
        print(repr(error))
