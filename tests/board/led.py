# run: --clock virtual
# The four lights of a pyboard v1.1; pyb is imported already, as after the board's boot file.

leds = [pyb.LED(n) for n in range(1, 5)]
print(leds, leds[0] is pyb.LED(1))

for led in leds:
    seen = [led.intensity()]
    led.on()
    seen.append(led.intensity())
    led.off()
    seen.append(led.intensity())
    led.toggle()
    seen.append(led.intensity())
    led.intensity(100)
    seen.append(led.intensity())
    led.toggle()
    seen.append(led.intensity())
    led.intensity(1000)
    seen.append(led.intensity())
    led.intensity(-5)
    seen.append(led.intensity())
    print(led, seen)

for led in leds[2:]:
    for n in range(256):
        led.intensity(n)
        assert led.intensity() == n

for wrong in (0, 5, 9, -1, "red", 1.0, None):
    try:
        pyb.LED(wrong)
    except (ValueError, TypeError) as error:
        print(error)
