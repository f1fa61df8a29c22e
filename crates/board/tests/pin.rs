//! `machine.Pin`, `machine.Signal` and the names of pins.

mod common;

use common::{Bench, changes, output};
use wigwag_engine::engine::Ending;

#[test]
fn a_pin_has_one_object_under_all_its_names() {
    let program = "
import pyb, machine
from machine import Pin
print(pyb.Pin is Pin, Pin('X1') is Pin('A0'), Pin.board.X1 is Pin.cpu.A0, Pin(Pin('X1')) is Pin('X1'))
p = Pin('X17')
print(p.name(), p.names(), p.port(), p.pin(), p.gpio() == 0x40020400)
print(Pin.board, Pin.cpu)
print(hasattr(Pin.board, 'X13'), hasattr(Pin.cpu, 'A0'))
try:
    Pin.board.X13
except AttributeError as error:
    print(error)
Pin.dict({'left': Pin.cpu.C12})
print(Pin('left'))
Pin.dict(None)
print(Pin.dict())
";
    assert_eq!(
        output(program),
        "True True True True
B3 ['B3', 'X17', 'SW'] 1 3 True
<class 'board'> <class 'cpu'>
False True
type object 'board' has no attribute 'X13'
Pin(Pin.cpu.C12, mode=Pin.IN)
None
"
    );
}

#[test]
fn a_pin_is_printed_with_its_mode_and_pull() {
    let program = "
from machine import Pin
p = Pin('A7', Pin.IN)
print(p, p.mode(), p.pull())
for mode in (Pin.IN, Pin.OUT, Pin.OPEN_DRAIN, Pin.ANALOG, Pin.OUT_PP, Pin.OUT_OD):
    for pull in (None, Pin.PULL_NONE, Pin.PULL_UP, Pin.PULL_DOWN):
        p.init(mode, pull=pull)
        assert p.mode() == mode and p.pull() == (pull or 0)
    p.init(mode, Pin.PULL_UP)
    print([p])
";
    assert_eq!(
        output(program),
        "Pin(Pin.cpu.A7, mode=Pin.IN) 0 0
[Pin(Pin.cpu.A7, mode=Pin.IN, pull=Pin.PULL_UP)]
[Pin(Pin.cpu.A7, mode=Pin.OUT, pull=Pin.PULL_UP)]
[Pin(Pin.cpu.A7, mode=Pin.OPEN_DRAIN, pull=Pin.PULL_UP)]
[Pin(Pin.cpu.A7, mode=Pin.ANALOG)]
[Pin(Pin.cpu.A7, mode=Pin.OUT, pull=Pin.PULL_UP)]
[Pin(Pin.cpu.A7, mode=Pin.OPEN_DRAIN, pull=Pin.PULL_UP)]
"
    );
}

#[test]
fn levels_of_inputs_and_outputs() {
    let program = "
from machine import Pin
p = Pin('X8', Pin.IN, Pin.PULL_UP)
print(p.value(), p())
p.init(p.IN, p.PULL_DOWN)
print(p.value(), p())
p.init(p.OUT, value=1)
print(p.value())
for change in (p.low, p.high, p.off, p.on, lambda: p(0), lambda: p([1]), lambda: p.value(''), lambda: p.value(True)):
    change()
    print(p(), end=' ')
print()
";
    assert_eq!(output(program), "1 1\n0 0\n1\n0 1 0 1 0 1 0 1 \n");
}

#[test]
fn what_no_pin_can_be() {
    let program = "
from machine import Pin
def attempt(call):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)
attempt(lambda: Pin('Z9'))
attempt(lambda: Pin(7))
attempt(lambda: Pin())
attempt(lambda: Pin('X1', 99))
attempt(lambda: Pin('X1', Pin.OUT, 9))
attempt(lambda: Pin('X1', Pin.OUT, colour=9))
attempt(lambda: Pin('X1', value=1))
attempt(lambda: Pin('X1', Pin.ALT))
attempt(lambda: Pin('X1', Pin.ALT, alt=1))
attempt(lambda: Pin('X1', 'out'))
attempt(lambda: Pin.value(3))
attempt(lambda: Pin('X1').toggle())
";
    assert_eq!(
        output(program),
        "ValueError Pin(Z9) doesn't exist
TypeError can't convert 'int' object to str implicitly
TypeError function missing 1 required positional arguments
ValueError invalid pin mode: 99
ValueError invalid pin pull: 9
TypeError extra keyword arguments given
TypeError 'mode' argument required
ValueError invalid pin af: -1
NotImplementedError alternate functions of pins are not simulated yet
TypeError can't convert str to int
TypeError argument should be a 'Pin' not a 'int'
AttributeError 'Pin' object has no attribute 'toggle'
"
    );
}

#[test]
fn outputs_are_told_and_inputs_are_not() {
    let program = "
from machine import Pin
p = Pin('A0', Pin.IN, Pin.PULL_UP)
p.init(Pin.OUT)
p.on()
p.on()
p.off()
q = Pin('Y12', Pin.OUT, value=1)
q.init(Pin.IN)
q.off()
";
    assert_eq!(
        changes("pybv11", program),
        ["pin:X1,value:0", "pin:X1,value:1", "pin:X1,value:0", "pin:Y12,value:1"]
    );
}

#[test]
fn a_pin_with_a_light_is_told_as_the_light() {
    let program = "
from machine import Pin
import pyb
pin = Pin('LED_BLUE', Pin.OUT)
pin.on()
print(pyb.LED(4).intensity())
pyb.LED(4).intensity(20)
pin.init(Pin.OUT, value=0)
";
    let blue = |value| format!("led:4,colour:blue,value:{value}");
    assert_eq!(changes("pybv11", program), [blue(255), blue(20), blue(0)]);
    let blue = |value| format!("led:3,colour:blue,value:{value}");
    assert_eq!(
        changes("pybd", "from machine import Pin\nPin('LED_BLUE').off()\nPin('LED_BLUE').on()"),
        [blue(255), blue(0)]
    );
}

#[test]
fn a_signal_may_mean_the_opposite() {
    let program = "
from machine import Pin, Signal
pin = Pin('X1', Pin.OUT)
low = Signal(pin, invert=True)
low.on()
print(pin(), low(), low.value())
low(0)
print(pin(), low())
same = Signal(low, invert=True)
same.on()
print(pin(), low(), same())
other = Signal('X2', Pin.OUT, value=1, invert=True)
print(Pin('X2').value(), other.value(), Pin('X2'))
print(Signal('X2', Pin.OUT).value())
try:
    Signal(pin, 1)
except TypeError:
    print('TypeError')
try:
    Signal('X99', Pin.OUT)
except ValueError as error:
    print(error)
";
    assert_eq!(
        output(program),
        "0 1 1
1 0
1 0 1
0 1 Pin(Pin.cpu.A1, mode=Pin.OUT)
0
TypeError
Pin(X99) doesn't exist
"
    );
}

#[test]
fn all_is_well_when_every_safepoint_collects() {
    let program = "
from machine import Pin, Signal
pins = [Pin.board.X1, Pin('X2', Pin.OUT, value=1), Pin.cpu.C3]
for n in range(20):
    s = Signal(('X1', 'Y1', 'SW')[n % 3], Pin.OUT, value=n & 1, invert=True)
    assert s.value() == n & 1
print(pins[1] is Pin.board.X2, pins[2])
";
    let mut bench = Bench::new("pybv11");
    bench.engine.vm.collect_every = 1;
    assert_eq!(bench.run(program), Ending::Finished);
    assert_eq!(bench.record().out, "True Pin(Pin.cpu.C3, mode=Pin.IN)\n");
}
