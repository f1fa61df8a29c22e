# run: --clock virtual
# stderr: irq_error.err
# What a hard callback may not do: allocate, or raise. It is reported once and switched off, and the program goes on.

from machine import Pin

p = Pin("X1", Pin.OUT)
q = Pin("X2", Pin.OUT)
calls = 0


def allocates(pin):
    global calls
    calls += 1
    [calls]


def divides(pin):
    global calls
    calls += 1
    calls // 0


p.irq(allocates, Pin.IRQ_RISING, hard=True)
q.irq(divides, Pin.IRQ_FALLING, hard=True)
for n in range(3):
    for pin in (p, q):
        pin.on()
        pin.off()
print(calls)
