# run: --clock virtual
# Hardware timers: what they are set to, what they count, and what is refused.
from pyb import Timer
tim = Timer(4)
print(tim)
tim = Timer(4, prescaler=100, period=200)
print(tim, tim.prescaler(), tim.period())
tim.prescaler(300)
print(tim.prescaler())
tim.period(400)
print(tim.period(), tim.freq())
tim = Timer(2, freq=100)
print(tim.freq(), tim)
tim.freq(0.01)
print("{:.2f}".format(tim.freq()))
print(Timer(1, freq=50, deadtime=300, brk=Timer.BRK_LOW, mode=Timer.CENTER))

for f in (
    lambda: Timer(15),
    lambda: Timer(0),
    lambda: Timer(4, freq=0),
    lambda: Timer(4, freq=1e-9),
    lambda: Timer(4, 5),
    lambda: Timer(4, mode=7, freq=1),
    lambda: Timer(4, prescaler=1),
    lambda: tim.callback(3),
    lambda: tim.channel(1, Timer.PWM),
):
    try:
        print(f())
    except Exception as error:
        print(repr(error))

# A counter follows the clock: a thousand to the millisecond, round after five.
import time

tim = Timer(7, prescaler=83, period=4999)
seen = [tim.counter()]
for _ in range(6):
    time.sleep_ms(1)
    seen.append(tim.counter())
print([count // 1000 for count in seen], tim.source_freq())
tim.counter(2500)
print(tim.counter() // 100)

# It calls at each turn; a period that is no whole number of microseconds does not drift.
calls = [0] * 8
count = 0


def note(timer):
    global count
    if count < 7:
        calls[count] = time.ticks_us()
    count += 1


start = time.ticks_us()
thirds = Timer(3, freq=3, callback=note)
time.sleep_ms(2400)
thirds.callback(None)
time.sleep_ms(1000)
print(count, [time.ticks_diff(call, start) // 10000 for call in calls[:count]])
print(Timer(3) is thirds)
