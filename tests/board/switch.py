# run: --clock virtual
# Nobody presses here; what a press does is tested with scripted inputs.

sw = pyb.Switch()
print(sw, sw(), sw.value(), sw is pyb.Switch())
sw.callback(print)
print(pyb.Pin("SW"))
try:
    pyb.Pin("B3").irq(print)
    pyb.Pin("D3").irq(print)
except OSError as error:
    print(error)
sw.callback(None)
try:
    pyb.Switch(1)
except TypeError as error:
    print(error)
