//! The board in a machine: what programs have done to it, who listens, and the one way in which anything changes.
//!
//! Every change of a pin goes through [`change`]. It looks at the pin before and after, tells the listeners what one
//! could see from outside, and raises the interrupt of an edge:
//!
//! ```text
//! pyb.LED, Pin, Switch, scripted input ──▶ change ──▶ hardware
//!                                             ├─────▶ listeners   (LED strip, events, waveforms, tests)
//!                                             └─────▶ interrupts  (crate::interrupts)
//! ```
//!
//! What always holds: an event says something new. A pin that an LED is on is reported as that LED, whoever changed it;
//! any other pin is reported while it is an output, or when the world outside moves it.

use crate::boards::{Board, Pin};
use crate::events::{BoardEvent, Change};
use crate::hardware::{Hardware, Mode, Pull};
use crate::inputs::Schedule;
use crate::interrupts::{self, Interrupts};
use crate::pyb::flash::Partitioned;
use crate::timers::Timers;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_modules::clock::now_us;
use wigwag_vm::heap::{Tracer, Value};
use wigwag_vm::run::{Extension, Vm};

/// Hears of every change on a board.
pub trait Listener {
    /// Something changed. Events come in the order of their times.
    fn changed(&mut self, event: BoardEvent<'_>);
}

/// The board in a machine.
pub struct BoardState {
    /// Which board it is.
    pub board: &'static Board,
    /// What stands behind it.
    pub hardware: Box<dyn Hardware>,
    /// Who listens.
    listeners: Vec<Box<dyn Listener>>,
    /// The objects of the LEDs, made at the start: an interrupt may use them, and cannot make any.
    pub(crate) leds: Vec<Value>,
    /// The object of the switch.
    pub(crate) switch: Value,
    /// The objects of the pins that programs have asked for, each made once.
    pub(crate) pins: Vec<(Pin, Value)>,
    /// Names that a program has given to pins: `Pin.dict()`.
    pub(crate) pin_names: Value,
    /// Interrupt lines.
    pub(crate) interrupts: Interrupts,
    /// Timers.
    pub(crate) timers: Timers,
    /// Presses and levels that are to come.
    pub(crate) schedule: Schedule,
    /// What is in the flash, once it is used.
    pub(crate) flash: Option<Partitioned>,
    /// The generator behind `pyb.rng()`; 0 until it is first used.
    pub(crate) random: u64,
}

impl Extension for BoardState {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.leds);
        tracer.value(self.switch);
        for &(_, object) in &self.pins {
            tracer.value(object);
        }
        tracer.value(self.pin_names);
        self.interrupts.trace(tracer);
        self.timers.trace(tracer);
    }
}

impl BoardState {
    /// A board as it is when a program starts: LEDs are outputs and dark, the switch is pulled up.
    pub(crate) fn new(board: &'static Board, mut hardware: Box<dyn Hardware>) -> BoardState {
        for led in board.leds {
            hardware.set(led.pin, board.leds_inverted);
            hardware.configure(led.pin, Mode::Output, Pull::None);
        }
        hardware.configure(board.switch.pin, Mode::Input, Pull::Up);
        BoardState {
            board,
            hardware,
            listeners: Vec::new(),
            leds: Vec::new(),
            switch: Value::NONE,
            pins: Vec::new(),
            pin_names: Value::NONE,
            interrupts: Interrupts::default(),
            timers: Timers::default(),
            schedule: Schedule::default(),
            flash: None,
            random: 0,
        }
    }

    /// How bright an LED (from 1) is, 0 to 255.
    pub fn brightness(&self, led: usize) -> u8 {
        let Some(row) = led.checked_sub(1).and_then(|place| self.board.leds.get(place)) else { return 0 };
        if let Some(duty) = self.hardware.duty(row.pin) {
            return duty;
        }
        let is_output = self.hardware.configuration(row.pin).0 == Mode::Output;
        if is_output && self.hardware.is_set_high(row.pin) != self.board.leds_inverted { 255 } else { 0 }
    }

    /// What one sees of a pin from outside.
    fn look(&self, pin: Pin) -> Look {
        let level = self.hardware.is_high(pin);
        let shown = match self.board.led_on(pin) {
            Some(led) => Shown::Led(led, self.brightness(led)),
            None if matches!(self.hardware.configuration(pin).0, Mode::Output | Mode::OpenDrain) => {
                Shown::Level(level)
            }
            None => Shown::Nothing,
        };
        Look { level, shown }
    }

    fn tell(&mut self, t_us: u64, pin: Pin, shown: Shown) {
        let change = match shown {
            Shown::Led(led, value) => {
                let colour = self.board.leds.get(led - 1).map_or("", |row| row.colour);
                Change::Led { led: led as u16, colour, value }
            }
            Shown::Level(value) => Change::Pin { pin: self.board.shown_name(pin), value },
            Shown::Nothing => return,
        };
        for listener in &mut self.listeners {
            listener.changed(BoardEvent { t_us, change });
        }
    }
}

/// A pin at a moment.
#[derive(PartialEq, Eq)]
struct Look {
    level: bool,
    shown: Shown,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    Led(usize, u8),
    Level(bool),
}

/// The board of a machine, if it has one.
pub fn state(vm: &mut Vm) -> Option<&mut BoardState> {
    vm.extension::<BoardState>()
}

/// Adds somebody who hears of every change from now on.
pub fn add_listener(vm: &mut Vm, listener: Box<dyn Listener>) {
    if let Some(state) = state(vm) {
        state.listeners.push(listener);
    }
}

/// Does something to a pin, tells the listeners and raises the interrupt, if it changed anything.
pub fn change(vm: &mut Vm, pin: Pin, act: impl FnOnce(&mut dyn Hardware)) {
    change_from(vm, pin, false, act);
}

/// The same; `from_outside`, it was not the program, and the level of an input is told too.
pub(crate) fn change_from(vm: &mut Vm, pin: Pin, from_outside: bool, act: impl FnOnce(&mut dyn Hardware)) {
    let t_us = now_us(vm);
    let Some(state) = state(vm) else { return };
    let before = state.look(pin);
    act(&mut *state.hardware);
    let after = state.look(pin);
    if before.shown != after.shown {
        state.tell(t_us, pin, after.shown);
    } else if from_outside && before.level != after.level {
        state.tell(t_us, pin, Shown::Level(after.level));
    }
    if before.level != after.level {
        interrupts::edge(vm, pin, after.level);
    }
}
