# run: --clock virtual

from machine import Pin

p = Pin("X1")
print(p is Pin("A0"), p is Pin.board.X1, p is Pin.cpu.A0, p is Pin(p))
print(p, p.name(), p.names())
print(Pin("SW").names(), Pin("LED_YELLOW").names())

p = Pin("Y1", Pin.OUT, value=1)
print(p, p(), p.value(), p.mode() == Pin.OUT)
for act in (p.low, p.high, p.off, p.on, lambda: p(0), lambda: p.value(1)):
    act()
    print(p(), end=" ")
print()

p.init(Pin.IN, Pin.PULL_UP)
print(p, p(), p.pull() == Pin.PULL_UP)
p.init(mode=Pin.IN, pull=Pin.PULL_DOWN)
print(p, p())
p.init(Pin.OPEN_DRAIN)
p.on()
print(p, p())

for wrong in (
    lambda: Pin("X13"),
    lambda: Pin.board.X13,
    lambda: Pin(5),
    lambda: Pin("X1", 77),
    lambda: Pin("X1", Pin.IN, 77),
    lambda: Pin("X1", pull=Pin.PULL_UP),
):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
