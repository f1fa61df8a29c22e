# board: pybd
# run: --clock virtual
# A D-series pyboard has three lights, the third is blue, and none can be dimmed.

from machine import Pin

for n in range(1, 4):
    led = pyb.LED(n)
    led.intensity(3)
    print(led, led.intensity())
try:
    pyb.LED(4)
except ValueError as error:
    print(error)

# They light when their pins are low.
print(Pin("LED_RED").value(), pyb.LED(1).intensity())
Pin("LED_RED").high()
print(Pin("LED_RED").value(), pyb.LED(1).intensity())
