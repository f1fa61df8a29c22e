# machine where there is no board: pins that the program brings, and memory by address.
# board: none
import machine, uctypes


class Pin(machine.PinBase):
    def __init__(self):
        self.level = 0

    def value(self, level=None):
        if level is None:
            return self.level
        self.level = int(level)


class Toggle(machine.PinBase):
    level = 0

    def value(self):
        self.level ^= 1
        return self.level


pin = Pin()
signal = machine.Signal(pin)
opposite = machine.Signal(pin, invert=True)
for level in (1, 0):
    signal.value(level)
    print(pin.level, signal.value(), opposite(), opposite.value())
opposite.on()
print(pin.level)
opposite.off()
print(pin.level)
print(machine.time_pulse_us(Toggle(), 1) >= 0)
print(machine.time_pulse_us(pin, 0, 50), machine.time_pulse_us(pin, 1, 50))
print(machine.idle(), len(machine.unique_id()))

data = bytearray(b"\x01\x02\x03\x04\x05\x06\x07\x08")
address = uctypes.addressof(data)
print(machine.mem8[address + 1], hex(machine.mem16[address + 2]), hex(machine.mem32[address + 4]))
machine.mem16[address] = 0x12345
machine.mem32[address + 4] = -1
print(data, machine.mem8, machine.mem32)


def attempt(function):
    try:
        print(function())
    except Exception as er:
        print(type(er).__name__, er)


def delete():
    del machine.mem8[0]


attempt(lambda: machine.mem16[1])
attempt(lambda: machine.mem8[address + 8])
attempt(lambda: machine.mem8[0])
attempt(lambda: machine.mem8["x"])
attempt(lambda: machine.mem8[0:1])
attempt(delete)
attempt(lambda: machine.Signal(5))
attempt(lambda: machine.time_pulse_us(5, 1))
