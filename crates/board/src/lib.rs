//! Boards: what they are made of, as data; what programs do to them, through `pyb` and `machine`; and what one sees of it.
//!
//! A machine gets a board with [`install`]. From then on every change is told to the [listeners](Listener), and the
//! [world outside](inputs) can press the switch and drive pins.
//!
//! | module | what is in it |
//! |---|---|
//! | [`boards`] | one file a board, data only |
//! | [`events`] | a change as data, and as a line of JSON |
//! | [`hardware`] | what a board needs from whatever stands behind it |
//! | [`simulation`] | such a thing, made up |
//! | [`state`] | the board in a machine: the one way in which anything changes |
//! | [`interrupts`] | edges and the callbacks they raise |
//! | [`inputs`] | presses and levels from outside, now or at a time |
//! | [`timers`] | moments at which callbacks are due |
//! | [`pyb`], [`machine`] | the Python modules |
//!
//! | feature | effect |
//! |---|---|
//! | `value32` | as in `wigwag-vm` |

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod arguments;
pub mod boards;
pub mod events;
pub mod hardware;
pub mod inputs;
pub mod interrupts;
pub mod machine;
pub mod pyb;
pub mod simulation;
pub mod state;
pub mod timers;
mod unsimulated;

pub use boards::{Board, NAMES, find};
pub use events::{BoardEvent, Change};
pub use inputs::{
    Input, apply_due_inputs, apply_input, next_input_due, press_switch, release_switch, schedule_input,
    set_input,
};
pub use pyb::flash::{set_flash, take_flash};
pub use state::{BoardState, Listener, add_listener};

use alloc::boxed::Box;
use hardware::Hardware;
use wigwag_vm::heap::Raised;
use wigwag_vm::run::{ModuleDef, Vm};

/// Every module of this crate.
pub static MODULES: &[&ModuleDef] = &[&pyb::PYB, &machine::MACHINE];

/// Gives a machine a simulated board.
///
/// # Errors
/// When the heap cannot hold the objects of the board.
pub fn install(vm: &mut Vm, board: &'static Board) -> Result<(), Raised> {
    install_on(vm, board, Box::new(simulation::Simulation::new()))
}

/// Gives a machine a board with this hardware behind it.
///
/// # Errors
/// When the heap cannot hold the objects of the board.
pub fn install_on(vm: &mut Vm, board: &'static Board, hardware: Box<dyn Hardware>) -> Result<(), Raised> {
    let mut state = BoardState::new(board, hardware);
    for number in 1..=board.leds.len() {
        let led = pyb::led::make(&mut vm.heap, number as u16)?;
        state.leds.push(led);
    }
    state.switch = pyb::switch::make(&mut vm.heap)?;
    state.interrupts.dispatcher = interrupts::DISPATCHER.value(&mut vm.heap)?;
    state.timers.dispatcher = timers::DISPATCHER.value(&mut vm.heap)?;
    vm.extensions.push(Box::new(state));
    for module in MODULES {
        vm.add_module(module);
    }
    Ok(())
}

/// When the next thing is due that happens to the board by itself: a scripted input, a timer.
pub fn next_due(vm: &mut Vm) -> Option<u64> {
    let state = state::state(vm)?;
    match (state.schedule.next_due(), state.next_timer()) {
        (Some(input), Some(timer)) => Some(input.min(timer)),
        (input, timer) => input.or(timer),
    }
}

/// Lets everything happen whose time has come.
pub fn let_happen(vm: &mut Vm, now_us: u64) {
    if next_due(vm).is_some_and(|due| due <= now_us) {
        apply_due_inputs(vm, now_us);
        timers::fire_due(vm, now_us);
    }
}

/// Whether an edge on some pin would call something: then a program that only waits is not stuck.
pub fn is_armed(vm: &mut Vm) -> bool {
    state::state(vm).is_some_and(|state| state.interrupts.is_armed())
}

/// Whether the program has switched interrupts off: then other threads do not come between its instructions either.
pub fn is_undisturbed(vm: &mut Vm) -> bool {
    state::state(vm).is_some_and(|state| state.interrupts.disabled)
}
