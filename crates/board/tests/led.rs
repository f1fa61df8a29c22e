//! `pyb.LED`, as a program sees it and as a listener does.

mod common;

use common::{changes, output};

#[test]
fn each_change_is_told_once() {
    let program = "
import pyb
led = pyb.LED(3)
led.on()
led.on()
led.off()
led.toggle()
pyb.LED(1).off()
";
    let yellow = |value| format!("led:3,colour:yellow,value:{value}");
    assert_eq!(changes("pybv11", program), [yellow(255), yellow(0), yellow(255)]);
}

#[test]
fn a_dimmed_light_gives_back_its_intensity_and_toggles_to_dark() {
    let program = "
import pyb
led = pyb.LED(4)
for n in range(256):
    led.intensity(n)
    assert led.intensity() == n, n
led.intensity(77)
led.toggle()
print(led.intensity())
led.toggle()
print(led.intensity())
led.intensity(1000)
print(led.intensity())
led.intensity(-1)
print(led.intensity())
";
    assert_eq!(output(program), "0\n255\n255\n0\n");
}

#[test]
fn a_light_without_a_timer_is_on_or_off() {
    let program = "
import pyb
led = pyb.LED(1)
for n in (1, 128, 255):
    led.intensity(n)
    print(led.intensity())
led.intensity(0)
print(led.intensity())
";
    assert_eq!(output(program), "255\n255\n255\n0\n");
    assert_eq!(
        changes("pybd", "import pyb\npyb.LED(3).intensity(9)\npyb.LED(3).toggle()"),
        ["led:3,colour:blue,value:255", "led:3,colour:blue,value:0"]
    );
}

#[test]
fn lights_are_printed_compared_and_missed() {
    let program = "
import pyb
print(pyb.LED(2), [pyb.LED(2)], pyb.LED(2) is pyb.LED(2))
for n in (0, 5, -3, 1 << 40, 1 << 80, 'red', 2.0):
    try:
        pyb.LED(n)
    except Exception as error:
        print(type(error).__name__, error)
try:
    pyb.LED.on(7)
except TypeError as error:
    print(error)
try:
    pyb.LED()
except TypeError as error:
    print(error)
";
    assert_eq!(
        output(program),
        "LED(2) [LED(2)] True
ValueError LED(0) doesn't exist
ValueError LED(5) doesn't exist
ValueError LED(-3) doesn't exist
ValueError LED(1099511627776) doesn't exist
OverflowError overflow converting long int to machine word
TypeError can't convert str to int
TypeError can't convert float to int
argument should be a 'LED' not a 'int'
function takes 1 positional arguments but 0 were given
"
    );
}

#[test]
fn a_class_may_derive_from_a_light() {
    let program = "
import pyb
class Lamp(pyb.LED):
    def blink(self):
        self.on()
        self.off()
Lamp(2).blink()
";
    assert_eq!(changes("pybv11", program), ["led:2,colour:green,value:255", "led:2,colour:green,value:0"]);
}
