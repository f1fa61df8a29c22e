# Pins, interrupts and LEDs.

import machine
import micropython
import pyb
import time

seen = []
out = machine.Pin('Y1', machine.Pin.OUT)
out.irq(lambda pin: seen.append(pin.value()), machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING)
for level in (1, 0, 1):
    out(level)
    time.sleep_ms(2)
led = pyb.LED(2)
led.on()
print(seen, led, led.intensity(), out)
micropython.schedule(lambda argument: seen.append(argument), 'scheduled')
time.sleep_ms(1)
signal = machine.Signal(out, invert=True)
signal.on()
print(seen, out.value(), signal.value(), pyb.Switch()())
