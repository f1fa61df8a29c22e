//! `pyb`: the pyboard's own module.

mod counters;
mod extint;
pub mod flash;
pub mod led;
pub mod switch;
pub mod timer;
mod timer_settings;

use crate::machine::{pin, processor};
use crate::unsimulated::{missing_function, peripheral};
use wigwag_vm::objects::function::{Member, full};
use wigwag_vm::run::ModuleDef;

/// `pyb`
pub static PYB: ModuleDef = ModuleDef {
    name: "pyb",
    members: &[
        Member::Extension("LED", &led::LED_TYPE),
        Member::Extension("Switch", &switch::SWITCH_TYPE),
        Member::Extension("Pin", &pin::PIN_TYPE),
        Member::Extension("ExtInt", &extint::EXTINT_TYPE),
        Member::Extension("Timer", &timer::TIMER_TYPE),
        Member::Extension("Flash", &flash::FLASH_TYPE),
        full("delay", 1, 1, |vm, given| counters::delay(vm, given, 1000)),
        full("udelay", 1, 1, |vm, given| counters::delay(vm, given, 1)),
        full("millis", 0, 0, |vm, _| counters::now(vm, 1000)),
        full("micros", 0, 0, |vm, _| counters::now(vm, 1)),
        full("elapsed_millis", 1, 1, |vm, given| counters::elapsed(vm, given, 1000)),
        full("elapsed_micros", 1, 1, |vm, given| counters::elapsed(vm, given, 1)),
        full("unique_id", 0, 0, processor::unique_id),
        full("freq", 0, 4, processor::freq),
        full("info", 0, 1, processor::info),
        full("rng", 0, 0, processor::random),
        full("wfi", 0, 0, processor::idle),
        full("stop", 0, 1, processor::lightsleep),
        full("disable_irq", 0, 0, processor::disable_irq),
        full("enable_irq", 0, 1, processor::enable_irq),
        full("hard_reset", 0, 0, processor::reset),
        full("fault_debug", 1, 1, counters::nothing),
        full("sync", 0, 0, counters::nothing),
        full("country", 0, 1, counters::nothing),
        full("have_cdc", 0, 0, counters::always),
        missing_function!("bootloader"),
        missing_function!("hid"),
        missing_function!("main"),
        missing_function!("mount"),
        missing_function!("pwm"),
        missing_function!("repl_uart"),
        missing_function!("servo"),
        missing_function!("standby"),
        missing_function!("usb_mode"),
        peripheral!("ADC"),
        peripheral!("ADCAll"),
        peripheral!("Accel"),
        peripheral!(
            "CAN",
            "NORMAL" = 0,
            "LOOPBACK" = 0x0400_0000,
            "MASK16" = 0,
            "LIST16" = 1,
            "MASK32" = 2,
            "LIST32" = 3
        ),
        peripheral!("DAC", "NORMAL" = 0, "CIRCULAR" = 0x100),
        peripheral!("I2C", "MASTER" = 0, "CONTROLLER" = 0, "SLAVE" = 1, "PERIPHERAL" = 1),
        peripheral!("LCD"),
        peripheral!("RTC"),
        peripheral!("SDCard"),
        peripheral!(
            "SPI",
            "MASTER" = 0x104,
            "CONTROLLER" = 0x104,
            "SLAVE" = 0,
            "PERIPHERAL" = 0,
            "MSB" = 0,
            "LSB" = 0x80
        ),
        peripheral!("Servo"),
        peripheral!("UART", "RTS" = 0x100, "CTS" = 0x200, "IRQ_RX" = 0x20, "IRQ_RXIDLE" = 0x10),
        peripheral!("USB_HID"),
        peripheral!("USB_VCP", "RTS" = 1, "CTS" = 2, "IRQ_RX" = 1),
    ],
};
