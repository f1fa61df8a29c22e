//! `machine`: the names that all boards share.

pub mod pin;
mod pin_names;
pub mod processor;
mod signal;
pub mod timer;

use crate::unsimulated::{missing_function, peripheral};
use wigwag_vm::objects::function::{Member, full};
use wigwag_vm::run::ModuleDef;

/// `machine`
pub static MACHINE: ModuleDef = ModuleDef {
    name: "machine",
    members: &[
        Member::Extension("Pin", &pin::PIN_TYPE),
        Member::Extension("Signal", &signal::SIGNAL_TYPE),
        Member::Extension("Timer", &timer::TIMER_TYPE),
        full("unique_id", 0, 0, processor::unique_id),
        full("freq", 0, 4, processor::freq),
        full("info", 0, 1, processor::info),
        full("rng", 0, 0, processor::random),
        full("idle", 0, 0, processor::idle),
        full("lightsleep", 0, 1, processor::lightsleep),
        full("sleep", 0, 1, processor::lightsleep),
        full("disable_irq", 0, 0, processor::disable_irq),
        full("enable_irq", 0, 1, processor::enable_irq),
        full("reset", 0, 0, processor::reset),
        full("soft_reset", 0, 1, processor::reset),
        full("reset_cause", 0, 0, processor::reset_cause),
        Member::Int("SOFT_RESET", 0),
        Member::Int("PWRON_RESET", processor::POWER_ON),
        Member::Int("HARD_RESET", 2),
        Member::Int("WDT_RESET", 3),
        Member::Int("DEEPSLEEP_RESET", 4),
        missing_function!("deepsleep"),
        missing_function!("bootloader"),
        missing_function!("bitstream"),
        missing_function!("dht_readinto"),
        missing_function!("time_pulse_us"),
        peripheral!("ADC"),
        peripheral!("CAN"),
        peripheral!("I2C"),
        peripheral!("I2S", "RX" = 0x300, "TX" = 0x200, "STEREO" = 1, "MONO" = 0),
        peripheral!("PWM"),
        peripheral!("RTC"),
        peripheral!("SDCard"),
        peripheral!("SPI", "MSB" = 0, "LSB" = 0x80),
        peripheral!("SoftI2C"),
        peripheral!("SoftSPI", "MSB" = 0, "LSB" = 0x80),
        peripheral!("UART", "RTS" = 0x100, "CTS" = 0x200, "IRQ_RX" = 0x20, "IRQ_RXIDLE" = 0x10),
        peripheral!("WDT"),
    ],
};
