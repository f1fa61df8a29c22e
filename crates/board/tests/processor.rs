//! Time, the processor, and what is not simulated yet.

mod common;

use common::{Bench, output};
use wigwag_engine::engine::Ending;

#[test]
fn delays_take_their_time() {
    let program = "
import pyb
pyb.delay(-1)
pyb.delay(0)
start, fine = pyb.millis(), pyb.micros()
pyb.delay(17)
print(pyb.elapsed_millis(start), pyb.elapsed_micros(fine) // 1000)
fine = pyb.micros()
pyb.udelay(17000)
print(pyb.elapsed_micros(fine) // 1000)
for wrong in ('1', 1.5, None):
    try:
        pyb.delay(wrong)
    except TypeError as error:
        print(error)
";
    assert_eq!(
        output(program),
        "17 17\n17\ncan't convert str to int\ncan't convert float to int\ncan't convert NoneType to int\n"
    );
}

#[test]
fn counters_wrap_and_elapsed_times_do_not_notice() {
    let program = "
import pyb
pyb.delay((1 << 30) - 5)
print(pyb.millis())
start = pyb.millis()
pyb.delay(10)
print(pyb.millis(), pyb.elapsed_millis(start))
";
    assert_eq!(output(program), "1073741819\n5 10\n");
}

#[test]
fn idling_lasts_to_the_next_millisecond() {
    let program = "
import machine, pyb
pyb.udelay(1300)
machine.idle()
print(pyb.micros() // 100)
pyb.wfi()
print(pyb.micros() // 100)
machine.lightsleep(50)
print(pyb.millis())
";
    assert_eq!(output(program), "20\n30\n53\n");
}

#[test]
fn the_processor_describes_itself() {
    let program = "
import machine, pyb
print(machine.freq(), pyb.freq() == machine.freq())
print(machine.unique_id(), len(pyb.unique_id()), pyb.have_cdc(), machine.reset_cause() == machine.PWRON_RESET)
for _ in range(100):
    assert 0 <= pyb.rng() < 1 << 30
print(pyb.rng() != pyb.rng())
pyb.fault_debug(True)
pyb.sync()
";
    assert_eq!(
        output(program),
        "(168000000, 168000000, 42000000, 84000000) True\nb'wigwag-pyb11' 12 True True\nTrue\n"
    );
}

#[test]
fn a_reset_ends_the_program() {
    for call in ["machine.reset()", "machine.soft_reset()", "pyb.hard_reset()"] {
        let mut bench = Bench::new("pybv11");
        let ending = bench.run(&format!("import machine, pyb\n{call}\nprint('still here')"));
        assert_eq!((ending, bench.record().out.as_str()), (Ending::Exit(0), ""));
    }
}

#[test]
fn what_is_not_simulated_says_so() {
    let program = "
import machine, pyb
def attempt(call):
    try:
        call()
    except NotImplementedError as error:
        print(error)
attempt(lambda: pyb.Timer(4, freq=10).channel(1))
attempt(lambda: pyb.I2C(1, pyb.I2C.MASTER, baudrate=100000))
attempt(lambda: machine.ADC('X1'))
attempt(lambda: machine.time_pulse_us(None, 1))
attempt(lambda: machine.freq(84000000))
attempt(lambda: pyb.main('other.py'))
";
    assert_eq!(
        output(program),
        "channels of timers are not simulated yet
I2C is not simulated yet
ADC is not simulated yet
time_pulse_us() is not simulated yet
changing the processor's frequency is not simulated yet
main() is not simulated yet
"
    );
}
