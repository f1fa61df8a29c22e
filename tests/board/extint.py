# run: --clock virtual

line = pyb.ExtInt("X5", pyb.ExtInt.IRQ_RISING_FALLING, pyb.Pin.PULL_DOWN, lambda n: print("line", n))
print(line, line.line(), pyb.Pin("X5"))
line.swint()
line.disable()
line.swint()
line.enable()
print("enabled")
line.swint()
try:
    pyb.ExtInt("Y5", pyb.ExtInt.IRQ_RISING, pyb.Pin.PULL_NONE, print)
    pyb.ExtInt("X5", pyb.ExtInt.IRQ_RISING, pyb.Pin.PULL_NONE, print)
except ValueError as error:
    print(error)
