# run: --clock virtual
# A pin that a program drives interrupts the program itself: hard callbacks at once, soft ones soon.

from machine import Pin
import machine

p = Pin("X6", Pin.OUT)
hard = soft = 0


def on_rise(pin):
    global hard
    hard += 1


def on_any(pin):
    global soft
    soft += 1
    print("soft", pin is p, pin())


p.irq(on_rise, Pin.IRQ_RISING, hard=True)
for n in range(1000):
    p.on()
    p.off()
print(hard)

p.irq(on_any, Pin.IRQ_RISING | Pin.IRQ_FALLING)
p.on()
p.off()
print("soft", soft)

p.irq(handler=on_rise, trigger=Pin.IRQ_RISING, hard=True)
enabled = machine.disable_irq()
p.on()
p.off()
p.on()
print(enabled, hard)
machine.enable_irq(enabled)
print(hard)
p.irq(None)
p.off()
p.on()
print(hard)
