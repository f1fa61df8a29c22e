# run: --clock virtual
# The names are there; using them says what is missing.

for use in (
    lambda: pyb.Timer(4, freq=10).channel(1, pyb.Timer.PWM),
    lambda: pyb.Accel(),
    lambda: pyb.I2C(1, pyb.I2C.MASTER),
    lambda: pyb.SPI(1, pyb.SPI.MASTER, baudrate=600000, polarity=1),
    lambda: machine.ADC(machine.Pin("X1")),
    lambda: machine.PWM(machine.Pin("X1"), freq=100),
    lambda: machine.time_pulse_us(machine.Pin("X1"), 1),
):
    try:
        use()
    except NotImplementedError as error:
        print(error)
