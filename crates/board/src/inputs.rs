//! The world outside a simulated board: somebody presses the switch, something drives a pin.
//!
//! Inputs can be given now, or written down for later ([`schedule_input`]). The engine asks [`next_input_due`] before it
//! waits, and calls [`apply_due_inputs`] when that time has come; so a scripted press happens at exactly its microsecond,
//! on every run.

use crate::boards::Pin;
use crate::state::{change_from, state};
use alloc::collections::VecDeque;
use wigwag_vm::run::Vm;

/// Something that happens to a board from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// The switch is pressed, or let go.
    Switch {
        /// Pressed.
        pressed: bool,
    },
    /// A pin is driven to a level, or let go.
    Pin {
        /// Which.
        pin: Pin,
        /// The level; `None` lets go.
        level: Option<bool>,
    },
}

/// Inputs that are to come, by time; those of one time in the order in which they were written down.
#[derive(Default)]
pub struct Schedule(VecDeque<(u64, Input)>);

impl Schedule {
    /// When the next input is due, if one is.
    pub fn next_due(&self) -> Option<u64> {
        self.0.front().map(|&(time, _)| time)
    }
}

/// Somebody presses the switch.
pub fn press_switch(vm: &mut Vm) {
    apply_input(vm, Input::Switch { pressed: true });
}

/// Somebody lets go of the switch.
pub fn release_switch(vm: &mut Vm) {
    apply_input(vm, Input::Switch { pressed: false });
}

/// Something drives a pin to a level.
pub fn set_input(vm: &mut Vm, pin: Pin, level: bool) {
    apply_input(vm, Input::Pin { pin, level: Some(level) });
}

/// Something happens to the board now. On real hardware, where nothing can be made up, nothing does.
pub fn apply_input(vm: &mut Vm, input: Input) {
    let Some(state) = state(vm) else { return };
    let (pin, level) = match input {
        // Pressed, it connects its pin to ground.
        Input::Switch { pressed } => (state.board.switch.pin, pressed.then_some(false)),
        Input::Pin { pin, level } => (pin, level),
    };
    change_from(vm, pin, true, |hardware| {
        if let Some(simulation) = hardware.simulation() {
            simulation.drive(pin, level);
        }
    });
}

/// Writes down that something happens at a time of the program's clock.
pub fn schedule_input(vm: &mut Vm, at_us: u64, input: Input) {
    if let Some(state) = state(vm) {
        let list = &mut state.schedule.0;
        let place = list.partition_point(|&(time, _)| time <= at_us);
        list.insert(place, (at_us, input));
    }
}

/// When the next scripted input is due, if one is.
pub fn next_input_due(vm: &mut Vm) -> Option<u64> {
    state(vm)?.schedule.next_due()
}

/// Lets every scripted input happen whose time has come; tells whether any did.
pub fn apply_due_inputs(vm: &mut Vm, now_us: u64) -> bool {
    let mut any = false;
    while let Some(list) = state(vm).map(|state| &mut state.schedule.0)
        && list.front().is_some_and(|&(time, _)| time <= now_us)
        && let Some((_, input)) = list.pop_front()
    {
        any = true;
        apply_input(vm, input);
    }
    any
}
