//! What a board needs from whatever stands behind it: a simulation, or the registers of a microcontroller.
//!
//! The traits follow `embedded-hal`: a pin is set and read back ([`PinDriver`], as `StatefulOutputPin` and `InputPin`), a
//! pin can be given a duty cycle ([`DutyDriver`], as `SetDutyCycle`). They differ in that pins are numbers, because a
//! Python program chooses them while it runs.
//!
//! What always holds: a driver knows levels and nothing else. What an LED is, which way round it lights, what is told to
//! listeners and which interrupt a change raises is decided above it, once for all drivers.

use crate::boards::Pin;
use crate::simulation::Simulation;

/// What a pin does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// It is read.
    Input,
    /// It drives its level.
    Output,
    /// It drives low, and lets go for high.
    OpenDrain,
    /// It is left to an analog peripheral; reads low.
    Analog,
}

/// What holds a pin that nobody drives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pull {
    /// Nothing.
    None,
    /// A resistor to the supply.
    Up,
    /// A resistor to ground.
    Down,
}

/// Digital pins.
pub trait PinDriver {
    /// Sets a pin up.
    fn configure(&mut self, pin: Pin, mode: Mode, pull: Pull);

    /// How a pin is set up.
    fn configuration(&self, pin: Pin) -> (Mode, Pull);

    /// Sets what an output drives; kept for later where the pin is none.
    fn set(&mut self, pin: Pin, high: bool);

    /// What an output was last set to.
    fn is_set_high(&self, pin: Pin) -> bool;

    /// The level on the pin.
    fn is_high(&self, pin: Pin) -> bool;
}

/// Pins that a timer switches on and off so fast that one sees something between.
pub trait DutyDriver {
    /// Gives a pin this share of 255 of its time to be active, or, with `None`, takes it from the timer.
    fn set_duty(&mut self, pin: Pin, duty: Option<u8>);

    /// The share a pin was given, while it has one.
    fn duty(&self, pin: Pin) -> Option<u8>;
}

/// Everything that stands behind a board.
pub trait Hardware: PinDriver + DutyDriver {
    /// The simulation, if it is one: only there can a press of a button be made up.
    fn simulation(&mut self) -> Option<&mut Simulation> {
        None
    }
}
