//! The simulated board: pins that are numbers in a table, and a world outside that may drive them.

use crate::boards::Pin;
use crate::hardware::{DutyDriver, Hardware, Mode, PinDriver, Pull};
use alloc::vec::Vec;

/// A pin.
#[derive(Clone, Copy)]
struct State {
    mode: Mode,
    pull: Pull,
    /// What it drives as an output.
    output: bool,
    /// What the world outside drives it to, if it does.
    outside: Option<bool>,
}

/// A pin after reset.
const AFTER_RESET: State = State { mode: Mode::Input, pull: Pull::None, output: false, outside: None };

/// The pins of a simulated board. Pins that nobody has touched take no memory.
#[derive(Default)]
pub struct Simulation {
    pins: Vec<(Pin, State)>,
    duties: Vec<(Pin, u8)>,
}

impl Simulation {
    /// A board after reset, with nothing connected.
    pub fn new() -> Simulation {
        Simulation::default()
    }

    /// The world outside drives a pin to this level, or lets go of it.
    pub fn drive(&mut self, pin: Pin, level: Option<bool>) {
        self.state_mut(pin).outside = level;
    }

    fn state(&self, pin: Pin) -> &State {
        self.pins.iter().find(|(known, _)| *known == pin).map_or(&AFTER_RESET, |(_, state)| state)
    }

    fn state_mut(&mut self, pin: Pin) -> &mut State {
        let place = match self.pins.iter().position(|(known, _)| *known == pin) {
            Some(place) => place,
            None => {
                self.pins.push((pin, AFTER_RESET));
                self.pins.len() - 1
            }
        };
        &mut self.pins[place].1
    }
}

impl PinDriver for Simulation {
    fn configure(&mut self, pin: Pin, mode: Mode, pull: Pull) {
        let state = self.state_mut(pin);
        state.mode = mode;
        state.pull = pull;
    }

    fn configuration(&self, pin: Pin) -> (Mode, Pull) {
        let state = self.state(pin);
        (state.mode, state.pull)
    }

    fn set(&mut self, pin: Pin, high: bool) {
        self.state_mut(pin).output = high;
    }

    fn is_set_high(&self, pin: Pin) -> bool {
        self.state(pin).output
    }

    fn is_high(&self, pin: Pin) -> bool {
        let state = self.state(pin);
        // A pin that nothing holds could read anything on a real board; here it reads low, the same on every run.
        let held = state.outside.unwrap_or(state.pull == Pull::Up);
        match state.mode {
            Mode::Output => state.output,
            // Let go, it is high wherever nothing pulls it down: such pins are used with a resistor on their bus.
            Mode::OpenDrain => state.output && state.outside.unwrap_or(state.pull != Pull::Down),
            Mode::Input => held,
            Mode::Analog => false,
        }
    }
}

impl DutyDriver for Simulation {
    fn set_duty(&mut self, pin: Pin, duty: Option<u8>) {
        let known = self.duties.iter().position(|(known, _)| *known == pin);
        match (known, duty) {
            (Some(place), Some(duty)) => self.duties[place].1 = duty,
            (Some(place), None) => {
                self.duties.swap_remove(place);
            }
            (None, Some(duty)) => self.duties.push((pin, duty)),
            (None, None) => {}
        }
    }

    fn duty(&self, pin: Pin) -> Option<u8> {
        self.duties.iter().find(|(known, _)| *known == pin).map(|(_, duty)| *duty)
    }
}

impl Hardware for Simulation {
    fn simulation(&mut self) -> Option<&mut Simulation> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIN: Pin = Pin::new(0, 0);

    fn read(mode: Mode, pull: Pull, output: bool, outside: Option<bool>) -> bool {
        let mut board = Simulation::new();
        board.set(PIN, output);
        board.configure(PIN, mode, pull);
        board.drive(PIN, outside);
        board.is_high(PIN)
    }

    #[test]
    fn an_input_follows_the_world_and_then_its_resistor() {
        assert!(read(Mode::Input, Pull::Down, false, Some(true)));
        assert!(!read(Mode::Input, Pull::Up, true, Some(false)));
        assert!(read(Mode::Input, Pull::Up, false, None));
        assert!(!read(Mode::Input, Pull::Down, true, None));
        assert!(!read(Mode::Input, Pull::None, true, None));
    }

    #[test]
    fn an_output_is_what_it_drives() {
        assert!(read(Mode::Output, Pull::Down, true, Some(false)));
        assert!(!read(Mode::Output, Pull::Up, false, None));
    }

    #[test]
    fn an_open_drain_can_be_pulled_low_by_others() {
        assert!(read(Mode::OpenDrain, Pull::None, true, None));
        assert!(!read(Mode::OpenDrain, Pull::Up, true, Some(false)));
        assert!(!read(Mode::OpenDrain, Pull::Up, false, Some(true)));
    }

    #[test]
    fn a_duty_lasts_until_it_is_taken_away() {
        let mut board = Simulation::new();
        board.set_duty(PIN, Some(7));
        board.set_duty(PIN, Some(8));
        assert_eq!(board.duty(PIN), Some(8));
        board.set_duty(PIN, None);
        assert_eq!(board.duty(PIN), None);
    }
}
