//! The switch, edges on pins, and their callbacks.

mod common;

use common::Bench;
use wigwag_board::{Input, find, next_input_due, schedule_input};
use wigwag_engine::engine::Ending;

/// Runs a program while these inputs happen; gives what it printed, and what went wrong.
fn run(inputs: &[(u64, Input)], program: &str) -> (String, String) {
    let mut bench = Bench::new("pybv11");
    for &(at_us, input) in inputs {
        schedule_input(&mut bench.engine.vm, at_us, input);
    }
    assert_eq!(bench.run(program), Ending::Finished);
    let record = bench.record();
    (record.out, record.errors)
}

fn pin(name: &str, level: bool) -> Input {
    Input::Pin { pin: find("pybv11").unwrap().pin(name).unwrap(), level: Some(level) }
}

const PRESS: Input = Input::Switch { pressed: true };
const RELEASE: Input = Input::Switch { pressed: false };

fn waiting(program: &str) -> String {
    format!("import pyb\nfrom machine import Pin\nwait = pyb.delay\n{program}")
}

#[test]
fn a_press_calls_once_and_a_release_does_not() {
    let program = waiting(
        "
sw = pyb.Switch()
print(sw, sw(), sw.value(), sw is pyb.Switch())
presses = 0
def pressed():
    global presses
    presses += 1
sw.callback(pressed)
wait(12)
print(sw(), presses)
wait(10)
print(sw(), presses)
wait(10)
sw.callback(None)
print(sw(), presses)
wait(10)
print(sw(), presses)
",
    );
    let inputs = [(10_000, PRESS), (20_000, RELEASE), (30_000, PRESS), (35_000, RELEASE), (40_000, PRESS)];
    let (out, errors) = run(&inputs, &program);
    assert_eq!(out, "Switch() False False True\nTrue 1\nFalse 1\nTrue 2\nTrue 2\n");
    assert_eq!(errors, "");
}

#[test]
fn presses_are_told_with_their_time() {
    let mut bench = Bench::new("pybv11");
    schedule_input(&mut bench.engine.vm, 2_000_000, RELEASE);
    schedule_input(&mut bench.engine.vm, 1_000_000, PRESS);
    assert_eq!(next_input_due(&mut bench.engine.vm), Some(1_000_000));
    let program = "import pyb\npyb.delay(3000)";
    assert_eq!(bench.run(program), Ending::Finished);
    assert_eq!(next_input_due(&mut bench.engine.vm), None);
    let events = bench.record().events;
    assert_eq!(
        events,
        ["{\"t_us\":1000000,\"pin\":\"X17\",\"value\":0}", "{\"t_us\":2000000,\"pin\":\"X17\",\"value\":1}"]
    );
}

#[test]
fn edges_call_with_their_pin() {
    let program = waiting(
        "
p = Pin('X1', Pin.IN, Pin.PULL_DOWN)
seen = []
p.irq(lambda pin: seen.append((pin is p, pin())))
wait(10)
print(seen)
seen.clear()
p.irq(lambda pin: seen.append(pin()), trigger=Pin.IRQ_RISING)
wait(10)
print(seen)
p.irq(None)
print(p.irq())
wait(10)
print(seen)
",
    );
    let inputs = [
        (2_000, pin("X1", true)),
        (4_000, pin("A0", false)),
        (12_000, pin("X1", true)),
        (14_000, pin("X1", true)),
        (16_000, pin("X1", false)),
        (22_000, pin("X1", true)),
    ];
    let (out, errors) = run(&inputs, &program);
    assert_eq!(out, "[(True, 1), (True, 0)]\n[1]\nNone\n[1]\n");
    assert_eq!(errors, "");
}

#[test]
fn a_hard_callback_cannot_allocate_and_is_taken_away() {
    let program = waiting(
        "
p = Pin('X3', Pin.IN, Pin.PULL_UP)
calls = 0
def handler(pin):
    global calls
    calls += 1
    [calls, calls]
p.irq(handler, Pin.IRQ_FALLING, True)
wait(10)
print(calls)
",
    );
    let inputs = [(2_000, pin("X3", false)), (4_000, pin("X3", true)), (6_000, pin("X3", false))];
    let (out, errors) = run(&inputs, &program);
    assert_eq!(out, "1\n");
    let first = errors.lines().next();
    assert_eq!(first, Some("uncaught exception in ExtInt interrupt handler line 2"), "{errors}");
    assert!(errors.contains("MemoryError"), "{errors}");
}

#[test]
fn a_line_serves_one_pin() {
    let program = "
from machine import Pin
import pyb
def attempt(call):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)
Pin('A1').irq(print)
attempt(lambda: Pin('B1').irq(print))
attempt(lambda: pyb.ExtInt('B1', pyb.ExtInt.IRQ_RISING, Pin.PULL_UP, print))
pyb.Switch().callback(print)
attempt(lambda: Pin('A3').irq(print))
Pin('A1').irq(None)
Pin('B1').irq(print)
attempt(lambda: pyb.ExtInt(3, pyb.ExtInt.IRQ_RISING, 0, print))
attempt(lambda: pyb.ExtInt(23, pyb.ExtInt.IRQ_RISING, 0, print))
attempt(lambda: pyb.ExtInt('A5', 1, 0, print))
attempt(lambda: pyb.ExtInt('A5', pyb.ExtInt.IRQ_RISING, 7, print))
attempt(lambda: pyb.ExtInt('A5', pyb.ExtInt.IRQ_RISING, 1))
";
    let (out, _) = run(&[], program);
    assert_eq!(
        out,
        "OSError IRQ resource already taken by Pin('A1')
ValueError ExtInt vector 1 is already in use
OSError ExtInt vector 3 is already in use
ValueError ExtInt vector 3 < 16, use a Pin object
ValueError ExtInt vector 23 >= max of 23
ValueError invalid ExtInt Mode: 1
ValueError invalid ExtInt Pull: 7
TypeError 'callback' argument required
"
    );
}

#[test]
fn a_line_by_hand_fires_at_once_whatever_the_fuel() {
    let program = "
import pyb
order = []
line = pyb.ExtInt(pyb.Pin.cpu.A4, pyb.ExtInt.IRQ_RISING, pyb.Pin.PULL_DOWN, print)
print(line, line.line())
line.swint()
print('after')
line.disable()
line.swint()
line.enable()
print('enabled')
line.swint()
pyb.disable_irq()
line.swint()
line.swint()
print('off')
print(pyb.disable_irq())
pyb.enable_irq()
print(pyb.disable_irq())
";
    let expected = "<ExtInt line=4> 4\n4\nafter\nenabled\n4\noff\nFalse\n4\nTrue\n";
    assert_eq!(run(&[], program).0, expected);
    let mut bench = Bench::new("pybv11");
    bench.engine.start(program.as_bytes(), "test.py", wigwag_vm::run::source::SourceMode::Module).unwrap();
    while !matches!(bench.engine.step(1), wigwag_engine::engine::Stepped::Ended(_)) {}
    assert_eq!(bench.record().out, expected);
}

#[test]
fn an_output_can_interrupt_its_own_program() {
    let program = "
from machine import Pin
p = Pin('X6', Pin.OUT)
count = 0
def handler(pin):
    global count
    count += 1
p.irq(handler, Pin.IRQ_RISING, hard=True)
for n in range(10):
    p.on()
    p.off()
print(count)
";
    assert_eq!(run(&[], program).0, "10\n");
}
