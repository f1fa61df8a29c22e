import pyb, machine, time
led = pyb.LED(1)
pin = machine.Pin('Y1', machine.Pin.OUT)
other = machine.Pin('Y2', machine.Pin.IN)
calls = []
pin.irq(lambda p: calls.append(p.value()), machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING)
for i in range(3):
    led.toggle()
    pin(i & 1)
    time.sleep_ms(5)
pyb.ExtInt(pyb.Pin('X1'), pyb.ExtInt.IRQ_FALLING, pyb.Pin.PULL_UP, lambda line: calls.append(line))
pyb.Switch().callback(lambda: calls.append('switch'))
print(calls, led, pin, time.ticks_diff(time.ticks_ms(), 0) > 10)
