# run: --clock virtual
# A relay that is switched on by a low level.

from machine import Pin, Signal

pin = Pin("X2", Pin.OUT)
relay = Signal(pin, invert=True)
relay.on()
print(relay.value(), pin.value())
relay.off()
print(relay(), pin())
relay(1)
print(relay(), pin())

made = Signal("X3", Pin.OUT, value=1, invert=True)
print(made(), Pin("X3")(), Pin("X3"))
