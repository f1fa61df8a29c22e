//! Results and exceptions on their way down the frames.

use super::code::Code;
use super::frame::{Action, Frame, FrameKind, Input, PythonFrame};
use super::run_loop::Delivered;
use super::{Called, Vm};
use crate::compile::draft::Handling;
use crate::compile::instructions::{a_of, begins_instruction, op, op_of};
use crate::compile::{Held, RAISED};
use crate::heap::{Handle, Raised, Slot, TypeId, Value};
use crate::objects::exception::TraceLine;
use crate::objects::generator::State;
use alloc::vec::Vec;

impl Vm {
    /// The Python frame on top, if the frame on top is one.
    pub(super) fn top_frame(&mut self) -> Option<&mut PythonFrame> {
        match self.fiber.frames.last_mut() {
            Some(Frame { kind: FrameKind::Python(frame), .. }) => Some(frame),
            _ => None,
        }
    }

    /// Sets a register of the Python frame on top.
    pub(super) fn set_register(&mut self, register: u8, value: Value) {
        if let Some(frame) = self.top_frame() {
            let index = frame.base as usize + register as usize;
            if let Some(cell) = self.fiber.stack.get_mut(index) {
                *cell = value;
            }
        }
    }

    /// Reads a register of the Python frame on top.
    pub(super) fn register(&mut self, register: u8) -> Value {
        match self.top_frame() {
            Some(frame) => {
                let index = frame.base as usize + register as usize;
                self.fiber.stack.get(index).copied().unwrap_or(Value::UNBOUND)
            }
            None => Value::UNBOUND,
        }
    }

    /// Does with a result what its frame's action says. The frame is gone already.
    pub(super) fn deliver(&mut self, action: Action, value: Value) -> Result<Delivered, Raised> {
        match action {
            Action::Store(register) | Action::Next(register, _) => self.set_register(register, value),
            Action::Method(register) => {
                self.set_register(register, value);
                self.set_register(register + 1, Value::UNBOUND);
            }
            Action::Discard => {}
            Action::Instance(register, instance) => {
                if !value.is_none() {
                    let kind = alloc::string::String::from(self.heap.type_name(value));
                    return Err(self.heap.raise_fmt(
                        TypeId::TypeError,
                        format_args!("__init__() should return None, not '{kind}'"),
                    ));
                }
                self.set_register(register, instance);
            }
            Action::Truth(register, negate) => match self.truth(value, action)? {
                Called::Value(truth) => {
                    self.set_register(register, Value::from_bool((truth == Value::TRUE) != negate));
                }
                Called::Stop(_) | Called::Pushed => {}
            },
            Action::Branch(sense, target) => match self.truth(value, action)? {
                Called::Value(truth) => {
                    if (truth == Value::TRUE) == sense
                        && let Some(frame) = self.top_frame()
                    {
                        frame.pc = target;
                    }
                }
                Called::Stop(_) | Called::Pushed => {}
            },
            Action::Operator(attempt) => self.continue_operator(attempt, value)?,
            Action::Delegate(_) => {
                let generator = self.top_frame().and_then(|frame| frame.generator);
                let delegate = match generator.map(|generator| self.heap.slot(generator)) {
                    Some(Slot::Generator(object)) => object.delegate,
                    _ => Value::UNBOUND,
                };
                self.suspend_top(delegate);
                return self.yield_from_top(value);
            }
            Action::Native | Action::NativeItem => self.fiber.input = Some(Input::Value(value)),
            Action::Exit => return Ok(Delivered::Exit(value)),
        }
        Ok(Delivered::Go)
    }

    /// The same for the end of an iteration.
    pub(super) fn deliver_stop(&mut self, action: Action, value: Value) -> Result<Delivered, Raised> {
        match action {
            Action::Next(_, exit) => {
                if let Some(frame) = self.top_frame() {
                    frame.pc = exit;
                }
                Ok(Delivered::Go)
            }
            Action::Native | Action::NativeItem => {
                self.fiber.input = Some(Input::Stop(value));
                Ok(Delivered::Go)
            }
            Action::Delegate(register) => {
                self.set_register(register, value);
                Ok(Delivered::Go)
            }
            _ => Err(self.stop_iteration(value)),
        }
    }

    /// `StopIteration(value)`, without argument for None.
    #[cold]
    pub fn stop_iteration(&mut self, value: Value) -> Raised {
        if value.is_none() {
            self.heap.raise_bare(TypeId::StopIteration)
        } else {
            self.heap.raise_with(TypeId::StopIteration, value)
        }
    }

    /// The exception that is being handled: that of the innermost `except` or `finally` block that is running, in the
    /// function on top or in whoever has called or awaits it.
    pub fn handled_exception(&self) -> Option<Value> {
        self.fiber.frames.iter().rev().find_map(|frame| match &frame.kind {
            FrameKind::Python(frame) => {
                let registers = self.fiber.stack.get(frame.base as usize..).unwrap_or(&[]);
                self.handled_in(&frame.code, frame.pc, registers, frame.spill.as_deref())
                    .or_else(|| self.handled_by_waiting(frame.generator?))
            }
            FrameKind::Native(..) => None,
        })
    }

    /// The same among those that have delegated to a running generator: they have no frames.
    fn handled_by_waiting(&self, running: Handle) -> Option<Value> {
        let parent = |generator: &Handle| match self.heap.slot(*generator) {
            Slot::Generator(object) => object.parent,
            _ => None,
        };
        core::iter::successors(parent(&running), parent).find_map(|generator| {
            let Slot::Generator(object) = self.heap.slot(generator) else { return None };
            self.handled_in(&object.code, object.pc, &object.registers, object.spill())
        })
    }

    fn handled_in(
        &self,
        code: &Code,
        pc: u32,
        registers: &[Value],
        spill: Option<&Vec<Value>>,
    ) -> Option<Value> {
        let word = pc.saturating_sub(1);
        let held = |place: Held| match place {
            Held::Register(register) => registers.get(register as usize).copied(),
            Held::Spilled(number) => spill?.get(number as usize).copied(),
        };
        let is_running = |handling: &&Handling| {
            let raised = |kind| held(kind).and_then(|kind| self.heap.as_int(kind)) == Some(RAISED);
            handling.start <= word && word < handling.end && handling.kind.is_none_or(raised)
        };
        held(code.handling.iter().find(is_running)?.exception)
    }

    /// Finds who handles an exception; pops the frames that do not. `Err` when it leaves the run that began at `floor`.
    pub(super) fn handle(&mut self, raised: Raised, floor: usize) -> Result<(), Value> {
        let mut exception = match self.retry_or_memory_error(raised) {
            Some(exception) => exception,
            None => return Ok(()),
        };
        loop {
            if self.fiber.frames.len() <= floor {
                return Err(exception);
            }
            let Some(top) = self.fiber.frames.last_mut() else { return Err(exception) };
            let action = top.action;
            match &mut top.kind {
                FrameKind::Native(native, _) => {
                    if native.as_ref().is_some_and(|native| native.catches()) {
                        self.fiber.input = Some(Input::Raised(exception));
                        return Ok(());
                    }
                    self.fiber.frames.pop();
                }
                FrameKind::Python(frame) => {
                    let word = frame.pc.saturating_sub(1);
                    let line = TraceLine {
                        file: frame.code.file,
                        function: frame.code.name,
                        line: frame.code.line_at(frame.pc),
                    };
                    let handler = frame
                        .code
                        .handlers
                        .iter()
                        .find(|handler| handler.start <= word && word < handler.end)
                        .copied();
                    let reraise =
                        frame.code.words.get(word as usize).is_some_and(|&word| op_of(word) == op::Reraise);
                    if let Some(handler) = handler {
                        frame.pc = handler.target;
                        if let Some(spill) = &mut frame.spill {
                            // What an expression had spilled is lost with it; spilled locals stay.
                            spill.truncate(frame.code.spilled as usize);
                        }
                        let index = frame.base as usize + handler.register as usize;
                        if let Some(cell) = self.fiber.stack.get_mut(index) {
                            *cell = exception;
                        }
                        if !reraise {
                            self.heap.add_trace(exception, line);
                        }
                        return Ok(());
                    }
                    let generator = frame.generator;
                    if !reraise {
                        self.heap.add_trace(exception, line);
                    }
                    self.fiber.frames.pop();
                    if let Some(generator) = generator {
                        let parent = self.finish_generator(generator);
                        exception = self.leaving_generator(exception);
                        if let Some(parent) = parent {
                            // The generator that delegated to it goes on, with the same resumer.
                            if self.push_generator_frame(parent, action).is_ok() {
                                continue;
                            }
                        }
                    }
                }
            }
            // The frame is gone; what waits for its result may want to know how it ended.
            match action {
                Action::Exit => return Err(exception),
                Action::Next(..) | Action::Delegate(_)
                    if self.heap.is_instance(exception, TypeId::StopIteration.handle()) =>
                {
                    let value = self.heap.exception_value(exception);
                    return match self.deliver_stop(action, value) {
                        Ok(_) => Ok(()),
                        Err(Raised(exception)) => Err(exception),
                    };
                }
                Action::NativeItem if self.heap.is_instance(exception, TypeId::StopIteration.handle()) => {
                    let value = self.heap.exception_value(exception);
                    self.fiber.input = Some(Input::Stop(value));
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    /// For a failed allocation: collects and does the instruction again (`None`), or gives a `MemoryError`.
    fn retry_or_memory_error(&mut self, raised: Raised) -> Option<Value> {
        if raised != Raised::OUT_OF_MEMORY {
            return Some(raised.0);
        }
        let depth = self.fiber.frames.len();
        let instruction = self.instruction.start();
        let this = (depth, instruction, self.work_done().wrapping_sub(self.nested_work));
        let python_on_top =
            matches!(self.fiber.frames.last(), Some(Frame { kind: FrameKind::Python(_), .. }));
        if self.heap.lock_depth == 0
            && python_on_top
            && self.repeated != this
            && let Some(instruction) = instruction
        {
            self.repeated = this;
            self.collect();
            if let Some(frame) = self.top_frame() {
                debug_assert!(begins_instruction(&frame.code.words, instruction), "a wrong length was saved");
                frame.pc = instruction;
            }
            return None;
        }
        self.collect_for_error();
        Some(self.memory_error())
    }

    fn collect_for_error(&mut self) {
        if self.heap.lock_depth == 0 {
            self.collect();
        }
    }

    /// A `MemoryError`, the preallocated one where there is no room for another.
    pub fn memory_error(&mut self) -> Value {
        let message = if self.heap.lock_depth > 0 {
            "memory allocation failed, heap is locked"
        } else {
            "memory allocation failed"
        };
        self.exception_or_spare(TypeId::MemoryError, message)
    }

    /// An exception, or the preallocated `MemoryError` where there is no room for it.
    fn exception_or_spare(&mut self, kind: TypeId, message: &str) -> Value {
        match self.heap.raise(kind, message) {
            Raised(Value::OUT_OF_MEMORY) => self.heap.spare_memory_error(),
            Raised(exception) => exception,
        }
    }

    /// What an exception becomes on its way out of a generator: a `StopIteration` would be taken for its end.
    pub(super) fn leaving_generator(&mut self, exception: Value) -> Value {
        if self.heap.is_instance(exception, TypeId::StopIteration.handle()) {
            self.exception_or_spare(TypeId::RuntimeError, "generator raised StopIteration")
        } else {
            exception
        }
    }

    /// Marks a generator as done; gives the one that delegated to it.
    pub(super) fn finish_generator(&mut self, generator: Handle) -> Option<Handle> {
        match self.heap.slot_and_budget(generator.value()) {
            Some((Slot::Generator(object), budget)) => {
                object.state = State::Finished;
                object.delegate = Value::UNBOUND;
                budget.release(size_of_val::<[Value]>(&object.registers));
                object.registers = alloc::boxed::Box::default();
                object.set_spill(None);
                object.parent.take()
            }
            _ => None,
        }
    }

    /// A generator frame on top has returned a value: the one that delegated to it goes on, or the resumer learns that
    /// it has ended.
    pub(super) fn generator_returned(&mut self, value: Value) -> Result<Delivered, Raised> {
        let Some(Frame { action, kind: FrameKind::Python(frame) }) = self.fiber.frames.pop() else {
            return Ok(Delivered::Go);
        };
        let Some(generator) = frame.generator else { return self.deliver(action, value) };
        match self.finish_generator(generator) {
            Some(parent) => {
                let exiting = match self.heap.slot_mut(parent) {
                    Slot::Generator(object) => core::mem::take(&mut object.exiting),
                    _ => false,
                };
                self.push_generator_frame(parent, action)?;
                if exiting {
                    return Err(self.heap.raise_bare(TypeId::GeneratorExit));
                }
                if let Some(frame) = self.top_frame() {
                    let word = frame.code.words.get(frame.pc as usize - 1).copied().unwrap_or(0);
                    self.set_register(a_of(word), value);
                }
                Ok(Delivered::Go)
            }
            None => self.deliver_stop(action, value),
        }
    }
}
