# run: --clock virtual

start, fine = pyb.millis(), pyb.micros()
pyb.delay(20)
print(pyb.elapsed_millis(start), pyb.elapsed_micros(fine) // 1000)
fine = pyb.micros()
pyb.udelay(3000)
print(pyb.elapsed_micros(fine) // 1000)
pyb.delay(-1)
pyb.delay(0)

# The counter wraps at 2**30.
pyb.delay((1 << 30) - pyb.millis() - 2)
start = pyb.millis()
pyb.delay(5)
print(start, pyb.millis(), pyb.elapsed_millis(start))

fine = pyb.micros()
machine.idle()
print(pyb.elapsed_micros(fine) <= 1000, pyb.micros() % 1000 < 100)
