//! The dispatch loop.
//!
//! Rules for whoever edits it:
//!
//! 1. `regs` is the window of the frame on top, 256 registers, so a byte operand needs no bounds check. `pc` is past the
//!    word being executed. Both are locals; the frame's own `pc` is stale until it is saved.
//! 2. Whatever may push a frame, raise, or look at the frame saves `pc` first (`save!`), and reloads `code`, `regs` and
//!    `pc` afterwards (`load!`), because the stack may have moved and another frame may be on top.
//! 3. An instruction writes its destination only when it has succeeded, so that it can be executed once more after a
//!    collection. For that, saving notes which it is, with its length in words, which is told to `save!` and its like
//!    where it is not 1; what happens after a frame has left notes [`Instruction::NONE`].
//! 4. Fast paths come first in their arm and end with `continue`; slow paths are functions elsewhere, so that the loop
//!    stays small enough to be compiled well.

use super::attribute_stores::STORE_PLACE;
use super::attributes::Method;
use super::caches::{find_global, method_in_cache, value_in_class};
use super::call::WINDOW;
use super::code::{Cache, Code};
use super::compare::{contains_plain, get_plain, set_plain};
use super::frame::{Action, Frame, FrameKind, PythonFrame};
use super::iteration::{Item, next_plain, next_quickly};
use super::run_loop::{Delivered, Flow, MUCH_WORK};
use super::{Called, Vm};
use crate::compile::instructions::{LEFT_OUT, OPERATIONS, a_of, b_of, c_of, j_of, op, op_of, slice_of, x_of};
use crate::heap::{Handle, Raised, Slot, TypeId, Value, sym};
use crate::objects::dict::Dict;
use crate::objects::function::{Function, NativeCode};
use crate::objects::operators::of_numbers_in_slots;
use crate::objects::slice::{part_plain, set_part_plain};
use crate::syntax::tree::{BinaryOp, UnaryOp};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The instruction that is being executed, for doing it again after a collection.
///
/// Told from its end, which is what the loop has at hand: were it to remember the beginning as well, that would take a
/// register from every instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Instruction {
    /// The word after it.
    end: u32,
    /// How many words it has; 0 where there is none that could be done again.
    words: u32,
}

impl Instruction {
    /// None.
    pub const NONE: Instruction = Instruction { end: 0, words: 0 };

    /// The word where it begins.
    pub fn start(self) -> Option<u32> {
        if self.words == 0 { None } else { self.end.checked_sub(self.words) }
    }
}

/// The registers of a frame.
#[inline(always)]
fn window(stack: &mut [Value], base: usize) -> Option<&mut [Value; WINDOW]> {
    stack.get_mut(base..base + WINDOW)?.try_into().ok()
}

impl Vm {
    /// Runs the Python frame on top, and whatever Python frames come and go above it, until something else is wanted.
    #[allow(clippy::too_many_lines)]
    pub(super) fn dispatch(&mut self) -> Flow {
        let mut code: &Code;
        let mut words: &[u32];
        let mut globals: Handle;
        let mut regs: &mut [Value; WINDOW];
        let mut pc: usize;

        macro_rules! load {
            () => {
                match self.fiber.frames.last() {
                    Some(Frame { kind: FrameKind::Python(frame), .. }) => {
                        code = &frame.code;
                        words = &code.words;
                        globals = frame.globals;
                        pc = frame.pc as usize;
                        match window(&mut self.fiber.stack, frame.base as usize) {
                            Some(found) => regs = found,
                            None => return Flow::Raise(Raised::OUT_OF_MEMORY),
                        }
                    }
                    _ => return Flow::Look,
                }
            };
        }
        // Where the instruction began is told by its length in words, which `pc` has gone past.
        macro_rules! save {
            () => {
                save!(1)
            };
            ($words:expr) => {
                self.instruction = Instruction { end: pc as u32, words: $words };
                if let Some(Frame { kind: FrameKind::Python(frame), .. }) = self.fiber.frames.last_mut() {
                    frame.pc = pc as u32;
                }
            };
        }
        // The same; and where the frame's registers begin.
        macro_rules! save_for_call {
            ($words:expr) => {{
                self.instruction = Instruction { end: pc as u32, words: $words };
                let Some(Frame { kind: FrameKind::Python(frame), .. }) = self.fiber.frames.last_mut() else {
                    return Flow::Look;
                };
                frame.pc = pc as u32;
                frame.base as usize
            }};
        }
        // Raises where the frame on top is.
        macro_rules! raise {
            ($raised:expr) => {
                raise!($raised, 1)
            };
            ($raised:expr, $words:expr) => {{
                let raised = $raised;
                save!($words);
                return Flow::Raise(raised);
            }};
        }
        // A result from something that cannot push frames.
        macro_rules! plain {
            ($result:expr) => {
                plain!($result, 1)
            };
            ($result:expr, $words:expr) => {
                match $result {
                    Ok(value) => value,
                    Err(raised) => raise!(raised, $words),
                }
            };
        }
        // After something that may have pushed a frame: its value goes into the register.
        macro_rules! store {
            ($register:expr, $called:expr) => {
                match $called {
                    Ok(Called::Value(value)) => {
                        load!();
                        regs[$register as usize] = value;
                    }
                    Ok(Called::Pushed) => {
                        if self.fiber.input.is_some() || self.fiber.wait.is_some() {
                            return Flow::Look;
                        }
                        load!();
                    }
                    Ok(Called::Stop(value)) => {
                        let raised = self.stop_iteration(value);
                        return Flow::Raise(raised);
                    }
                    Err(raised) => return Flow::Raise(raised),
                }
            };
        }
        // After something that did its own storing and may have pushed a frame.
        macro_rules! done {
            ($result:expr) => {
                match $result {
                    Ok(()) => {
                        if self.fiber.input.is_some() || self.fiber.wait.is_some() {
                            return Flow::Look;
                        }
                        load!();
                    }
                    Err(raised) => return Flow::Raise(raised),
                }
            };
        }
        macro_rules! delivered {
            ($result:expr) => {
                match $result {
                    Ok(Delivered::Go) => {
                        if self.fiber.input.is_some() || self.fiber.wait.is_some() {
                            return Flow::Look;
                        }
                        load!();
                    }
                    Ok(Delivered::Exit(value)) => return Flow::Exit(value),
                    Err(raised) => return Flow::Raise(raised),
                }
            };
        }
        // Counts fuel; hands over when it is used up or a collection is wanted. The frame on top must be saved.
        macro_rules! spend {
            ($flow:expr) => {
                self.fuel -= 1;
                if self.fuel < 0 || self.heap.wants_collection() {
                    save!(0);
                    return $flow;
                }
            };
            () => {
                spend!(Flow::Look)
            };
        }
        macro_rules! jump {
            ($distance:expr) => {{
                let distance = $distance;
                pc = (pc as i64 + distance as i64) as usize;
                if distance < 0 {
                    spend!(Flow::BackEdge);
                }
            }};
        }
        // An arithmetic instruction on whom no fast path applied.
        macro_rules! slow_operator {
            ($word:expr) => {
                slow_operator!($word, 1)
            };
            ($word:expr, $words:expr) => {{
                save!($words);
                done!(self.operate_instruction($word, 0));
                if self.fuel < 0 {
                    return Flow::Look;
                }
            }};
        }
        macro_rules! arithmetic {
            ($word:expr, $of_ints:ident, $operator:tt, $op:ident) => {{
                let (x, y) = (regs[b_of($word) as usize], regs[c_of($word) as usize]);
                if x.are_small_ints(y) {
                    if let Some(result) = x.$of_ints(y) {
                        regs[a_of($word) as usize] = result;
                        continue;
                    }
                } else if let (Some(f), Some(g)) = (x.as_inline_number(), y.as_inline_number())
                    && let Some(result) = Value::inline_float(f $operator g)
                {
                    regs[a_of($word) as usize] = result;
                    continue;
                } else if let Some(result) = of_numbers_in_slots(&mut self.heap, BinaryOp::$op, x, y) {
                    regs[a_of($word) as usize] = result;
                    continue;
                }
                slow_operator!($word);
            }};
        }
        macro_rules! arithmetic_int {
            ($word:expr, $of_ints:ident, $operator:tt) => {{
                let x = regs[b_of($word) as usize];
                let small = c_of($word) as i8;
                if x.as_small_int().is_some() {
                    if let Some(result) = x.$of_ints(Value::tiny_int(i32::from(small))) {
                        regs[a_of($word) as usize] = result;
                        continue;
                    }
                } else if let Some(f) = x.as_inline_float()
                    && let Some(result) = Value::inline_float(f $operator f64::from(small))
                {
                    regs[a_of($word) as usize] = result;
                    continue;
                }
                slow_operator!($word);
            }};
        }
        macro_rules! bitwise {
            ($word:expr, $of_ints:ident) => {{
                let (x, y) = (regs[b_of($word) as usize], regs[c_of($word) as usize]);
                if x.are_small_ints(y) {
                    regs[a_of($word) as usize] = x.$of_ints(y);
                    continue;
                }
                slow_operator!($word);
            }};
        }
        macro_rules! comparison {
            ($word:expr, $operator:tt) => {{
                let (x, y) = (regs[b_of($word) as usize], regs[c_of($word) as usize]);
                if x.are_small_ints(y) {
                    regs[a_of($word) as usize] = Value::from_bool(x.int_order() $operator y.int_order());
                    continue;
                }
                if let (Some(f), Some(g)) = (x.as_inline_number(), y.as_inline_number()) {
                    regs[a_of($word) as usize] = Value::from_bool(f $operator g);
                    continue;
                }
                slow_operator!($word);
            }};
        }
        macro_rules! branch {
            ($word:expr, $operator:tt) => {{
                let (x, y) = (regs[a_of($word) as usize], regs[b_of($word) as usize]);
                let holds = if x.are_small_ints(y) {
                    x.int_order() $operator y.int_order()
                } else if let (Some(f), Some(g)) = (x.as_inline_number(), y.as_inline_number()) {
                    f $operator g
                } else {
                    pc += 1;
                    slow_operator!($word, 2);
                    continue;
                };
                let distance = words[pc] as i32;
                pc += 1;
                if holds == (c_of($word) != 0) {
                    jump!(distance);
                }
            }};
        }

        macro_rules! unary {
            ($word:expr, $operator:ident) => {{
                let operand = regs[b_of($word) as usize];
                save!();
                store!(a_of($word), self.unary(UnaryOp::$operator, operand, Action::Store(a_of($word))));
            }};
        }
        macro_rules! membership {
            ($word:expr, $negate:expr) => {{
                let (item, container) = (regs[b_of($word) as usize], regs[c_of($word) as usize]);
                if let Some(found) = contains_plain(&self.heap, container, item) {
                    regs[a_of($word) as usize] = Value::from_bool(found != $negate);
                    continue;
                }
                save!();
                match self.contains(container, item, Action::Truth(a_of($word), $negate)) {
                    Ok(Called::Value(found)) => {
                        load!();
                        regs[a_of($word) as usize] = Value::from_bool((found == Value::TRUE) != $negate);
                    }
                    Ok(_) => return Flow::Look,
                    Err(raised) => return Flow::Raise(raised),
                }
            }};
        }
        macro_rules! branch_on_truth {
            ($word:expr, $sense:expr) => {{
                let operand = regs[a_of($word) as usize];
                let distance = words[pc] as i32;
                pc += 1;
                let truth = match operand {
                    Value::TRUE => true,
                    Value::FALSE | Value::NONE => false,
                    _ if let Some(integer) = operand.as_small_int() => integer != 0,
                    _ => {
                        save!(2);
                        let target = (pc as i64 + i64::from(distance)) as u32;
                        match self.truth(operand, Action::Branch($sense, target)) {
                            Ok(Called::Value(truth)) => {
                                load!();
                                truth == Value::TRUE
                            }
                            Ok(_) => return Flow::Look,
                            Err(raised) => return Flow::Raise(raised),
                        }
                    }
                };
                if truth == $sense {
                    jump!(distance);
                }
            }};
        }
        // The self that LoadMethod has found, if there is one, is the first argument: where they begin, how many they are.
        macro_rules! after_load_method {
            ($word:expr) => {{
                let a = a_of($word) as usize;
                let count = b_of($word) as usize;
                if regs[(a + 1) & 255].is_unbound() { (a + 2, count) } else { (a + 1, count + 1) }
            }};
        }
        macro_rules! call {
            ($word:expr, $first:expr, $count:expr) => {{
                let (first, count) = ($first, $count);
                let callee = regs[a_of($word) as usize];
                match self.heap.slot_of(callee) {
                    // Room for its frame and its window; what is not so usual is for `call`.
                    Some(Slot::Function(function))
                        if function.code.simple
                            && usize::from(function.code.positional) == count
                            && self.fiber.frames.len()
                                < self.limits.frames.min(self.fiber.frames.capacity()) =>
                    {
                        let Some(Frame { kind: FrameKind::Python(frame), .. }) = self.fiber.frames.last_mut()
                        else {
                            return Flow::Look;
                        };
                        let base = frame.base as usize + first;
                        let registers = usize::from(function.code.registers);
                        if let Some(locals) = self
                            .fiber
                            .stack
                            .get_mut(base..base + WINDOW)
                            .and_then(|w| w.get_mut(count..registers))
                        {
                            locals.fill(Value::UNBOUND);
                            frame.pc = pc as u32;
                            self.instruction = Instruction { end: pc as u32, words: 1 };
                            let frame = PythonFrame {
                                code: function.code.clone(),
                                spill: None,
                                pc: 0,
                                base: base as u32,
                                globals: function.globals,
                                generator: None,
                            };
                            let action = Action::Store(c_of($word));
                            self.fiber.frames.push(Frame { action, kind: FrameKind::Python(frame) });
                            load!();
                            spend!();
                            continue;
                        }
                    }
                    Some(&Slot::Native(native)) => {
                        if native.takes(count)
                            && let Some(arguments) = regs.get(first..first + count)
                        {
                            // These see nothing of the frames: nothing has to be saved for them.
                            let value = match native.code {
                                NativeCode::Heap(code) => Some(plain!(code(&mut self.heap, arguments))),
                                NativeCode::Quick(code, _) => code(&mut self.heap, arguments),
                                NativeCode::Vm(_) => None,
                            };
                            if let Some(value) = value {
                                regs[c_of($word) as usize] = value;
                                if self.heap.work >= MUCH_WORK {
                                    save!();
                                    self.mind_work();
                                    load!();
                                }
                                spend!();
                                continue;
                            }
                        }
                        let base = save_for_call!(1) + first;
                        let action = Action::Store(c_of($word));
                        store!(c_of($word), self.call_native(native, base, count, Value::NONE, action));
                        spend!();
                        continue;
                    }
                    _ => {}
                }
                let base = save_for_call!(1) + first;
                let action = Action::Store(c_of($word));
                store!(c_of($word), self.call(callee, base, count, Value::NONE, action));
                spend!();
            }};
        }
        macro_rules! call_keyword {
            ($word:expr, $first:expr, $count:expr) => {{
                let (first, count) = ($first, $count);
                let callee = regs[a_of($word) as usize];
                let names = code.constants[words[pc] as usize];
                pc += 1;
                let base = save_for_call!(2) + first;
                store!(c_of($word), self.call(callee, base, count, names, Action::Store(c_of($word))));
                spend!();
            }};
        }
        // The parts of a slice, by the second word.
        macro_rules! slice_parts {
            () => {{
                let second = words[pc];
                pc += 1;
                slice_of(second).map(|part| match part {
                    LEFT_OUT => Value::NONE,
                    register => regs[register as usize],
                })
            }};
        }
        // The next item of an iterator. At the bottom of a loop the jump is taken with an item, else without one.
        macro_rules! for_loop {
            ($word:expr, $at_bottom:expr) => {{
                let iterator = regs[b_of($word) as usize];
                let distance = words[pc] as i32;
                pc += 1;
                let target = (pc as i64 + i64::from(distance)) as usize;
                let (with_item, without) = if $at_bottom { (target, pc) } else { (pc, target) };
                let item = match next_quickly(&mut self.heap, iterator) {
                    Item::Other => plain!(next_plain(&mut self.heap, iterator), 2),
                    item => item,
                };
                match item {
                    Item::Some(value) => {
                        regs[a_of($word) as usize] = value;
                        pc = with_item;
                    }
                    Item::End => pc = without,
                    Item::Other => {
                        save!(2);
                        if let Some(frame) = self.top_frame() {
                            frame.pc = with_item as u32;
                        }
                        match self.next_other(iterator, Action::Next(a_of($word), without as u32)) {
                            Ok(Called::Value(value)) => {
                                load!();
                                regs[a_of($word) as usize] = value;
                            }
                            Ok(Called::Stop(_)) => {
                                if let Some(frame) = self.top_frame() {
                                    frame.pc = without as u32;
                                }
                                load!();
                            }
                            Ok(Called::Pushed) => {
                                if self.fiber.input.is_some() || self.fiber.wait.is_some() {
                                    self.fuel -= i64::from($at_bottom);
                                    return Flow::Look;
                                }
                                load!();
                            }
                            Err(raised) => return Flow::Raise(raised),
                        }
                    }
                }
                if $at_bottom {
                    spend!();
                }
            }};
        }
        // Leaves the frame on top.
        macro_rules! leave {
            ($value:expr) => {{
                let value = $value;
                let Some(Frame { action, kind: FrameKind::Python(frame) }) = self.fiber.frames.last() else {
                    return Flow::Look;
                };
                if frame.generator.is_none() {
                    let action = *action;
                    self.instruction = Instruction::NONE;
                    self.fiber.drop_top();
                    match action {
                        Action::Store(register) => {
                            load!();
                            regs[register as usize] = value;
                            continue;
                        }
                        Action::Instance(register, instance) if value.is_none() => {
                            load!();
                            regs[register as usize] = instance;
                            continue;
                        }
                        _ => {}
                    }
                    delivered!(self.deliver(action, value));
                } else {
                    save!();
                    self.instruction = Instruction::NONE;
                    delivered!(self.generator_returned(value));
                }
            }};
        }

        load!();
        loop {
            let Some(&word) = words.get(pc) else {
                // The verifier sees to it that code ends in a jump or a return.
                save!();
                return Flow::Raise(Raised::OUT_OF_MEMORY);
            };
            pc += 1;
            match op_of(word) {
                op::Move => regs[a_of(word) as usize] = regs[b_of(word) as usize],
                op::LoadConstant => regs[a_of(word) as usize] = code.constants[x_of(word) as usize],
                op::LoadInt => regs[a_of(word) as usize] = Value::tiny_int(i32::from(x_of(word) as i16)),
                op::LoadGlobal => {
                    let site = &code.sites[x_of(word) as usize];
                    let cache = site.cache.get();
                    if let Slot::Dict(table) = self.heap.slot(globals) {
                        if cache.holder == 0 {
                            if let Some(entry) = table.entry(cache.place as usize)
                                && entry.key == Value::from_symbol(site.name)
                            {
                                regs[a_of(word) as usize] = entry.value;
                                continue;
                            }
                        } else if cache.key == table.version()
                            && cache.epoch == globals.index() as u32
                            && let Slot::Dict(builtins) = self.heap.slot(self.builtins)
                            && let Some(entry) = builtins.entry(cache.place as usize)
                            && entry.key == Value::from_symbol(site.name)
                        {
                            regs[a_of(word) as usize] = entry.value;
                            continue;
                        }
                    }
                    let found = find_global(&self.heap, globals, self.builtins, site.name);
                    match found {
                        Some((value, cache)) => {
                            site.cache.set(cache);
                            regs[a_of(word) as usize] = value;
                        }
                        None => {
                            let name = site.name;
                            save!();
                            let raised = self.name_not_defined(name);
                            return Flow::Raise(raised);
                        }
                    }
                }
                op::StoreGlobal => {
                    let site = &code.sites[x_of(word) as usize];
                    let value = regs[a_of(word) as usize];
                    if let Slot::Dict(table) = self.heap.slot_mut(globals) {
                        let place = site.cache.get().place as usize;
                        if let Some(entry) = table.entry(place)
                            && entry.key == Value::from_symbol(site.name)
                        {
                            table.set_value(place, value);
                            continue;
                        }
                    }
                    let name = site.name;
                    let place = {
                        let hash = self.heap.symbols.hash(name);
                        let key = Value::from_symbol(name);
                        match self.heap.table_and_budget(globals.value()) {
                            Some((table, budget)) => match table.find_identical(key, hash) {
                                Some(entry) => {
                                    table.set_value(entry, value);
                                    Ok(entry)
                                }
                                None => table.insert_new(budget, key, hash, value),
                            },
                            None => Ok(0),
                        }
                    };
                    match place {
                        Ok(place) => site.cache.set(Cache { place: place as u32, ..Cache::default() }),
                        Err(_) => {
                            raise!(Raised::OUT_OF_MEMORY);
                        }
                    }
                }
                op::DeleteGlobal => {
                    let name = code.sites[x_of(word) as usize].name;
                    save!();
                    if !self.namespace_delete(globals, name) {
                        let raised = self.heap.raise_key(Value::from_symbol(name));
                        return Flow::Raise(raised);
                    }
                    load!();
                }
                op::LoadName => {
                    let name = code.sites[x_of(word) as usize].name;
                    let local = regs[0].as_handle().and_then(|namespace| self.namespace_get(namespace, name));
                    match local {
                        Some(value) => {
                            save!();
                            load!();
                            regs[a_of(word) as usize] = value;
                        }
                        None => {
                            save!();
                            match find_global(&self.heap, globals, self.builtins, name) {
                                Some((value, _)) => {
                                    load!();
                                    regs[a_of(word) as usize] = value;
                                }
                                None => {
                                    let raised = self.name_not_defined(name);
                                    return Flow::Raise(raised);
                                }
                            }
                        }
                    }
                }
                op::StoreName => {
                    let name = code.sites[x_of(word) as usize].name;
                    let (namespace, value) = (regs[0], regs[a_of(word) as usize]);
                    save!();
                    if let Some(namespace) = namespace.as_handle()
                        && let Err(raised) = self.namespace_set(namespace, name, value)
                    {
                        return Flow::Raise(raised);
                    }
                    load!();
                }
                op::DeleteName => {
                    let name = code.sites[x_of(word) as usize].name;
                    let namespace = regs[0];
                    save!();
                    let deleted = match namespace.as_handle() {
                        Some(namespace) => self.namespace_delete(namespace, name),
                        None => false,
                    };
                    if !deleted {
                        let raised = self.heap.raise_key(Value::from_symbol(name));
                        return Flow::Raise(raised);
                    }
                    load!();
                }
                op::LoadCell => {
                    let content = match self.heap.slot_of(regs[b_of(word) as usize]) {
                        Some(Slot::Cell(content)) => *content,
                        _ => Value::UNBOUND,
                    };
                    if content.is_unbound() {
                        save!();
                        let raised = self.unbound_local();
                        return Flow::Raise(raised);
                    }
                    regs[a_of(word) as usize] = content;
                }
                op::StoreCell => {
                    let value = regs[b_of(word) as usize];
                    if let Some(cell) = regs[a_of(word) as usize].as_handle()
                        && let Slot::Cell(content) = self.heap.slot_mut(cell)
                    {
                        *content = value;
                    }
                }
                op::DeleteCell => {
                    let mut bound = false;
                    if let Some(cell) = regs[a_of(word) as usize].as_handle()
                        && let Slot::Cell(content) = self.heap.slot_mut(cell)
                    {
                        bound = !content.is_unbound();
                        *content = Value::UNBOUND;
                    }
                    if !bound {
                        save!();
                        let raised = self.unbound_local();
                        return Flow::Raise(raised);
                    }
                }
                op::MakeCell => {
                    let cell = plain!(self.heap.cell(regs[a_of(word) as usize]));
                    regs[a_of(word) as usize] = cell;
                }
                op::CheckBound => {
                    if regs[a_of(word) as usize].is_unbound() {
                        save!();
                        let raised = self.unbound_local();
                        return Flow::Raise(raised);
                    }
                }
                op::DeleteLocal => {
                    if regs[a_of(word) as usize].is_unbound() {
                        save!();
                        let raised = self.unbound_local();
                        return Flow::Raise(raised);
                    }
                    regs[a_of(word) as usize] = Value::UNBOUND;
                }
                op::SpillPush => {
                    let value = regs[a_of(word) as usize];
                    save!();
                    if let Err(raised) = self.spill_push(value) {
                        return Flow::Raise(raised);
                    }
                    load!();
                }
                op::SpillPop => {
                    save!();
                    let value = self.spill_pop();
                    load!();
                    regs[a_of(word) as usize] = value;
                }
                op::LoadSpilled => {
                    let number = words[pc] as usize;
                    pc += 1;
                    save!(2);
                    let value = self.spilled(number);
                    load!();
                    regs[a_of(word) as usize] = value;
                }
                op::StoreSpilled => {
                    let number = words[pc] as usize;
                    pc += 1;
                    let value = regs[a_of(word) as usize];
                    save!(2);
                    self.set_spilled(number, value);
                    load!();
                }

                op::Add | op::InplaceAdd => {
                    arithmetic!(word, int_sum, +, Add);
                }
                op::Subtract | op::InplaceSubtract => {
                    arithmetic!(word, int_difference, -, Subtract);
                }
                op::Multiply | op::InplaceMultiply => {
                    arithmetic!(word, int_product, *, Multiply);
                }
                op::And | op::InplaceAnd => {
                    bitwise!(word, int_and);
                }
                op::Or | op::InplaceOr => {
                    bitwise!(word, int_or);
                }
                op::Xor | op::InplaceXor => {
                    bitwise!(word, int_xor);
                }
                op::RightShift | op::InplaceRightShift => {
                    let (x, y) = (regs[b_of(word) as usize], regs[c_of(word) as usize]);
                    if let Some((i, j)) = x.both_small_ints(y)
                        && (0..64).contains(&j)
                        && let Some(result) = Value::small_int(i >> j)
                    {
                        regs[a_of(word) as usize] = result;
                        continue;
                    }
                    slow_operator!(word);
                }
                op::LeftShift | op::InplaceLeftShift => {
                    let (x, y) = (regs[b_of(word) as usize], regs[c_of(word) as usize]);
                    if let Some((i, j)) = x.both_small_ints(y)
                        && (0..16).contains(&j)
                        && let Some(result) = Value::small_int(i << j)
                    {
                        regs[a_of(word) as usize] = result;
                        continue;
                    }
                    slow_operator!(word);
                }
                op::FloorDivide | op::InplaceFloorDivide => {
                    let (x, y) = (regs[b_of(word) as usize], regs[c_of(word) as usize]);
                    if let Some((i, j)) = x.both_small_ints(y)
                        && j > 0
                        && let Some(result) = Value::small_int(i.div_euclid(j))
                    {
                        regs[a_of(word) as usize] = result;
                        continue;
                    }
                    slow_operator!(word);
                }
                op::Modulo | op::InplaceModulo => {
                    let (x, y) = (regs[b_of(word) as usize], regs[c_of(word) as usize]);
                    if let Some((i, j)) = x.both_small_ints(y)
                        && j > 0
                        && let Some(result) = Value::small_int(i.rem_euclid(j))
                    {
                        regs[a_of(word) as usize] = result;
                        continue;
                    }
                    slow_operator!(word);
                }
                op::TrueDivide | op::InplaceTrueDivide => {
                    let (x, y) = (regs[b_of(word) as usize], regs[c_of(word) as usize]);
                    if let (Some(f), Some(g)) = (x.as_inline_number(), y.as_inline_number())
                        && g != 0.0
                        && let Some(result) = Value::inline_float(f / g)
                    {
                        regs[a_of(word) as usize] = result;
                        continue;
                    }
                    slow_operator!(word);
                }
                op::MatrixMultiply | op::Power | op::InplaceMatrixMultiply | op::InplacePower => {
                    slow_operator!(word);
                }
                op::AddInt | op::InplaceAddInt => {
                    arithmetic_int!(word, int_sum, +);
                }
                op::SubtractInt | op::InplaceSubtractInt => {
                    arithmetic_int!(word, int_difference, -);
                }
                op::Equal => {
                    comparison!(word, ==);
                }
                op::NotEqual => {
                    comparison!(word, !=);
                }
                op::Less => {
                    comparison!(word, <);
                }
                op::LessEqual => {
                    comparison!(word, <=);
                }
                op::Greater => {
                    comparison!(word, >);
                }
                op::GreaterEqual => {
                    comparison!(word, >=);
                }
                op::Is => {
                    let same = regs[b_of(word) as usize] == regs[c_of(word) as usize];
                    regs[a_of(word) as usize] = Value::from_bool(same);
                }
                op::IsNot => {
                    let same = regs[b_of(word) as usize] == regs[c_of(word) as usize];
                    regs[a_of(word) as usize] = Value::from_bool(!same);
                }
                op::In => {
                    membership!(word, false);
                }
                op::NotIn => {
                    membership!(word, true);
                }
                op::Negate => {
                    let operand = regs[b_of(word) as usize];
                    let negated = match operand.as_small_int() {
                        Some(integer) => Value::small_int(-integer),
                        None => operand.as_inline_float().and_then(|float| Value::inline_float(-float)),
                    };
                    if let Some(negated) = negated {
                        regs[a_of(word) as usize] = negated;
                        continue;
                    }
                    unary!(word, Negate);
                }
                op::Positive => {
                    unary!(word, Positive);
                }
                op::Invert => {
                    unary!(word, Invert);
                }
                op::Not => {
                    let operand = regs[b_of(word) as usize];
                    if let Some(truth) = self.truth_plain(operand) {
                        save!();
                        load!();
                        regs[a_of(word) as usize] = Value::from_bool(!truth);
                        continue;
                    }
                    save!();
                    match self.truth(operand, Action::Truth(a_of(word), true)) {
                        Ok(Called::Value(truth)) => {
                            load!();
                            regs[a_of(word) as usize] = Value::from_bool(truth != Value::TRUE);
                        }
                        Ok(_) => return Flow::Look,
                        Err(raised) => return Flow::Raise(raised),
                    }
                }

                op::Jump => jump!(j_of(word)),
                op::JumpIfTrue => {
                    branch_on_truth!(word, true);
                }
                op::JumpIfFalse => {
                    branch_on_truth!(word, false);
                }
                op::JumpIfEqual => {
                    branch!(word, ==);
                }
                op::JumpIfNotEqual => {
                    branch!(word, !=);
                }
                op::JumpIfLess => {
                    branch!(word, <);
                }
                op::JumpIfLessEqual => {
                    branch!(word, <=);
                }
                op::JumpIfGreater => {
                    branch!(word, >);
                }
                op::JumpIfGreaterEqual => {
                    branch!(word, >=);
                }
                op::JumpIfIs => {
                    let same = regs[a_of(word) as usize] == regs[b_of(word) as usize];
                    let distance = words[pc] as i32;
                    pc += 1;
                    if same == (c_of(word) != 0) {
                        jump!(distance);
                    }
                }
                op::JumpIfIn => {
                    let (item, container) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    let sense = c_of(word) != 0;
                    let distance = words[pc] as i32;
                    pc += 1;
                    if let Some(found) = contains_plain(&self.heap, container, item) {
                        if found == sense {
                            jump!(distance);
                        }
                        continue;
                    }
                    let target = (pc as i64 + i64::from(distance)) as u32;
                    save!(2);
                    match self.contains(container, item, Action::Branch(sense, target)) {
                        Ok(Called::Value(found)) => {
                            load!();
                            if (found == Value::TRUE) == sense {
                                jump!(distance);
                            }
                        }
                        Ok(_) => return Flow::Look,
                        Err(raised) => return Flow::Raise(raised),
                    }
                }
                op::JumpIfNoMatch => {
                    let (exception, types) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    let distance = words[pc] as i32;
                    pc += 1;
                    save!(2);
                    match self.exception_matches(exception, types) {
                        Ok(matches) => {
                            load!();
                            if !matches {
                                jump!(distance);
                            }
                        }
                        Err(raised) => return Flow::Raise(raised),
                    }
                }
                op::JumpIfNotStopAsync => {
                    let exception = regs[a_of(word) as usize];
                    let distance = words[pc] as i32;
                    pc += 1;
                    if !self.heap.is_instance(exception, TypeId::StopAsyncIteration.handle()) {
                        jump!(distance);
                    }
                }

                op::GetIter => {
                    let source = regs[b_of(word) as usize];
                    save!();
                    store!(a_of(word), self.iter(source, Action::Store(a_of(word))));
                }
                op::ForIter => {
                    for_loop!(word, false);
                }
                op::ForNext => {
                    for_loop!(word, true);
                }
                op::Unpack => {
                    let source = regs[b_of(word) as usize];
                    let (first, count) = (a_of(word) as usize, c_of(word) as usize);
                    if let Some(items) = self.heap.as_sequence(source)
                        && items.len() == count
                        && first + count <= WINDOW
                    {
                        regs[first..first + count].copy_from_slice(items);
                        continue;
                    }
                    save!();
                    done!(self.unpack(a_of(word), source, c_of(word), None));
                }
                op::UnpackStar => {
                    let source = regs[b_of(word) as usize];
                    let after = words[pc];
                    pc += 1;
                    save!(2);
                    done!(self.unpack(a_of(word), source, c_of(word), Some(after as usize)));
                }

                op::LoadAttribute => {
                    let receiver = regs[b_of(word) as usize];
                    let site = &code.sites[words[pc] as usize];
                    pc += 1;
                    let cache = site.cache.get();
                    match self.heap.slot_of(receiver) {
                        Some(Slot::Instance(instance)) if cache.key == instance.shape.0 => {
                            if cache.holder == 0
                                && let Some(&value) = instance.values.get(cache.place as usize)
                            {
                                regs[a_of(word) as usize] = value;
                                continue;
                            }
                            if let Some(value) = value_in_class(&self.heap, cache) {
                                regs[a_of(word) as usize] = value;
                                continue;
                            }
                        }
                        Some(Slot::Module(namespace)) => {
                            if let Slot::Dict(table) = self.heap.slot(*namespace)
                                && let Some(entry) = table.entry(cache.place as usize)
                                && entry.key == Value::from_symbol(site.name)
                            {
                                regs[a_of(word) as usize] = entry.value;
                                continue;
                            }
                        }
                        _ => {}
                    }
                    let name = site.name;
                    save!(2);
                    let found = self.attribute_cached(receiver, name, Action::Store(a_of(word)));
                    match found {
                        Ok((called, cache)) => {
                            if let Some(cache) = cache {
                                self.remember(pc - 1, cache);
                            }
                            store!(a_of(word), Ok(called));
                        }
                        Err(raised) => return Flow::Raise(raised),
                    }
                }
                op::StoreAttribute => {
                    let receiver = regs[a_of(word) as usize];
                    let value = regs[b_of(word) as usize];
                    let site = &code.sites[words[pc] as usize];
                    pc += 1;
                    let cache = site.cache.get();
                    let epoch = self.heap.class_epoch;
                    if let Some(handle) = receiver.as_handle()
                        && let Slot::Instance(instance) = self.heap.slot_mut(handle)
                        && instance.shape.0 == cache.key
                        && cache.place & STORE_PLACE != 0
                        && cache.epoch == epoch
                        && let Some(place) = instance.values.get_mut((cache.place & !STORE_PLACE) as usize)
                    {
                        *place = value;
                        instance.shape = crate::heap::ShapeId(cache.holder);
                        continue;
                    }
                    let name = site.name;
                    save!(2);
                    match self.store_attribute_cached(receiver, name, value, pc - 1) {
                        Ok(Called::Pushed) => {
                            if self.fiber.input.is_some() || self.fiber.wait.is_some() {
                                return Flow::Look;
                            }
                            load!();
                        }
                        Ok(_) => load!(),
                        Err(raised) => return Flow::Raise(raised),
                    }
                }
                op::DeleteAttribute => {
                    let receiver = regs[a_of(word) as usize];
                    let name = code.sites[words[pc] as usize].name;
                    pc += 1;
                    save!(2);
                    let called = self.store_attribute(receiver, name, Value::UNBOUND, Action::Discard);
                    done!(called.map(|_| ()));
                }
                op::LoadMethod => {
                    let receiver = regs[b_of(word) as usize];
                    let site = &code.sites[words[pc] as usize];
                    pc += 1;
                    let a = a_of(word) as usize;
                    let (method, own) = method_in_cache(&self.heap, site, receiver);
                    if !method.is_unbound() {
                        regs[a] = method;
                        regs[(a + 1) & 255] = own;
                        continue;
                    }
                    let name = site.name;
                    save!(2);
                    match self.method(receiver, name, Action::Method(a_of(word))) {
                        Ok((method, cache)) => {
                            if let Some(cache) = cache {
                                self.remember(pc - 1, cache);
                            }
                            match method {
                                Method::Bound(function, receiver) => {
                                    load!();
                                    regs[a] = function;
                                    regs[a + 1] = receiver;
                                }
                                Method::Plain(value) => {
                                    load!();
                                    regs[a] = value;
                                    regs[a + 1] = Value::UNBOUND;
                                }
                                Method::Pushed => return Flow::Look,
                            }
                        }
                        Err(raised) => return Flow::Raise(raised),
                    }
                }
                op::LoadItem => {
                    let (container, index) = (regs[b_of(word) as usize], regs[c_of(word) as usize]);
                    if let Some(number) = index.as_small_int() {
                        match self.heap.slot_of(container) {
                            Some(Slot::List(items)) => {
                                let at = if number < 0 { number + items.len() as i64 } else { number };
                                if let Some(&value) = items.get(at as usize) {
                                    regs[a_of(word) as usize] = value;
                                    continue;
                                }
                            }
                            Some(Slot::SmallTuple(length, items)) => {
                                if number >= 0
                                    && number < i64::from(*length)
                                    && let Some(&value) = items.get(number as usize)
                                {
                                    regs[a_of(word) as usize] = value;
                                    continue;
                                }
                            }
                            Some(Slot::Tuple(items)) => {
                                if let Some(&value) = items.get(number as usize) {
                                    regs[a_of(word) as usize] = value;
                                    continue;
                                }
                            }
                            Some(Slot::ByteArray(bytes)) => {
                                if let Some(&byte) = bytes.get(number as usize) {
                                    regs[a_of(word) as usize] = Value::tiny_int(i32::from(byte));
                                    continue;
                                }
                            }
                            Some(Slot::Bytes(bytes)) => {
                                if let Some(&byte) = bytes.get(number as usize) {
                                    regs[a_of(word) as usize] = Value::tiny_int(i32::from(byte));
                                    continue;
                                }
                            }
                            _ => {}
                        }
                    }
                    if let Some(Slot::Dict(_)) = self.heap.slot_of(container)
                        && let Some(value) = get_plain(&self.heap, container, index).flatten()
                    {
                        regs[a_of(word) as usize] = value;
                        continue;
                    }
                    save!();
                    store!(a_of(word), self.get_item(container, index, Action::Store(a_of(word))));
                }
                op::StoreItem => {
                    let (container, index) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    let value = regs[c_of(word) as usize];
                    if let (Some(number), Some(handle)) = (index.as_small_int(), container.as_handle()) {
                        match self.heap.slot_mut(handle) {
                            Slot::List(items) => {
                                let at = if number < 0 { number + items.len() as i64 } else { number };
                                if let Some(place) = items.get_mut(at as usize) {
                                    *place = value;
                                    continue;
                                }
                            }
                            Slot::ByteArray(bytes) => {
                                if let (Some(place), Some(byte)) =
                                    (bytes.get_mut(number as usize), value.as_small_int())
                                    && let Ok(byte) = u8::try_from(byte)
                                {
                                    *place = byte;
                                    continue;
                                }
                            }
                            _ => {}
                        }
                    }
                    if let Some(Slot::Dict(_)) = self.heap.slot_of(container)
                        && set_plain(&mut self.heap, container, index, value)
                    {
                        continue;
                    }
                    save!();
                    let called = self.set_item(container, index, value, Action::Discard);
                    done!(called.map(|_| ()));
                }
                op::DeleteItem => {
                    let (container, index) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    save!();
                    let called = self.delete_item(container, index, Action::Discard);
                    done!(called.map(|_| ()));
                }
                op::BuildSlice => {
                    let b = b_of(word) as usize;
                    let parts = [regs[b], regs[(b + 1) & 255], regs[(b + 2) & 255]];
                    let slice = plain!(self.heap.allocate(Slot::Slice(parts)).map_err(Raised::from));
                    regs[a_of(word) as usize] = slice.value();
                }
                op::LoadSlice => {
                    let container = regs[b_of(word) as usize];
                    let parts = slice_parts!();
                    if let Some(part) = part_plain(&mut self.heap, container, parts) {
                        regs[a_of(word) as usize] = part;
                        continue;
                    }
                    save!(2);
                    store!(a_of(word), self.get_part(container, parts, Action::Store(a_of(word))));
                }
                op::StoreSlice => {
                    let (container, new) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    let parts = slice_parts!();
                    if set_part_plain(&mut self.heap, container, parts, new) {
                        continue;
                    }
                    save!(2);
                    let called = self.set_part(container, parts, new, Action::Discard);
                    done!(called.map(|_| ()));
                }

                op::BuildTuple => {
                    let (first, count) = (b_of(word) as usize, c_of(word) as usize);
                    let items = regs.get(first..first + count).unwrap_or(&[]);
                    let tuple = plain!(self.heap.tuple(items));
                    regs[a_of(word) as usize] = tuple;
                }
                op::BuildList => {
                    let (first, count) = (b_of(word) as usize, c_of(word) as usize);
                    let items = regs.get(first..first + count).unwrap_or(&[]);
                    let list = plain!(self.heap.list(items));
                    regs[a_of(word) as usize] = list;
                }
                op::BuildSet => {
                    let (first, count) = (b_of(word) as usize, c_of(word) as usize);
                    let items: Vec<Value> = regs.get(first..first + count).unwrap_or(&[]).to_vec();
                    save!();
                    let set = self.build_set(&items);
                    match set {
                        Ok(set) => {
                            load!();
                            regs[a_of(word) as usize] = set;
                        }
                        Err(raised) => return Flow::Raise(raised),
                    }
                }
                op::BuildDict => {
                    let room = usize::from(x_of(word)).min(256);
                    let table = plain!(Dict::with_room(&mut self.heap.budget, room).map_err(Raised::from));
                    let dict = plain!(self.heap.dict(table));
                    regs[a_of(word) as usize] = dict;
                }
                op::ListAppend => {
                    let (list, item) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    plain!(self.heap.list_push(list, item));
                }
                op::ListExtend => {
                    let (list, source) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    save!();
                    let called = crate::objects::list::extend(self, list, source, Action::Discard);
                    done!(called.map(|_| ()));
                }
                op::ListToTuple => {
                    let items: Vec<Value> =
                        self.heap.as_list(regs[b_of(word) as usize]).unwrap_or(&[]).to_vec();
                    let tuple = plain!(self.heap.tuple(&items));
                    regs[a_of(word) as usize] = tuple;
                }
                op::SetAdd => {
                    let (set, item) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    if set_plain(&mut self.heap, set, item, Value::NONE) {
                        continue;
                    }
                    save!();
                    done!(self.dict_set(set, item, Value::NONE));
                }
                op::SetUpdate => {
                    let (set, source) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    save!();
                    let called = crate::objects::set::update(self, set, source, Action::Discard);
                    done!(called.map(|_| ()));
                }
                op::DictInsert => {
                    let (dict, key) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    let value = regs[c_of(word) as usize];
                    if set_plain(&mut self.heap, dict, key, value) {
                        continue;
                    }
                    save!();
                    done!(self.dict_set(dict, key, value));
                }
                op::DictUpdate => {
                    let (dict, source) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    save!();
                    let called = crate::objects::dict_type::update(self, dict, source, Action::Discard);
                    done!(called.map(|_| ()));
                }
                op::DictMerge => {
                    let (dict, source) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    save!();
                    let called = self.merge_keywords(dict, source, Action::Discard);
                    done!(called.map(|_| ()));
                }
                op::FormatValue => {
                    let value = regs[b_of(word) as usize];
                    let spec = words[pc];
                    pc += 1;
                    let spec = match usize::try_from(spec) {
                        Ok(register) if register < WINDOW => regs[register],
                        _ => Value::from_symbol(sym::EMPTY),
                    };
                    save!(2);
                    let called = crate::builtins::format::format_value(
                        self,
                        value,
                        c_of(word),
                        spec,
                        Action::Store(a_of(word)),
                    );
                    store!(a_of(word), called);
                }
                op::BuildString => {
                    let (first, count) = (b_of(word) as usize, c_of(word) as usize);
                    let parts: Vec<Value> = regs.get(first..first + count).unwrap_or(&[]).to_vec();
                    let text = plain!(crate::objects::str::join_plain(&mut self.heap, &parts));
                    regs[a_of(word) as usize] = text;
                }

                op::MakeFunction => {
                    let function_code = code.constants[words[pc] as usize];
                    pc += 1;
                    let b = b_of(word) as usize;
                    let cells = regs.get(b + 2..b + 2 + c_of(word) as usize).unwrap_or(&[]);
                    let (defaults, keyword_defaults) = (regs[b], regs[(b + 1) & 255]);
                    let Some(Slot::Code(function_code)) = self.heap.slot_of(function_code) else {
                        raise!(Raised::OUT_OF_MEMORY, 2);
                    };
                    let function_code = function_code.clone();
                    let bytes = size_of::<Function>() + size_of_val(cells);
                    plain!(self.heap.budget.charge(bytes).map_err(Raised::from), 2);
                    let cells = plain!(crate::heap::try_box_slice(cells).map_err(Raised::from), 2);
                    let function =
                        Function { code: function_code, globals, defaults, keyword_defaults, cells };
                    let made = self.heap.allocate(Slot::Function(Box::new(function)));
                    let handle = plain!(made.map_err(Raised::from), 2);
                    regs[a_of(word) as usize] = handle.value();
                }
                op::LoadBuildClass => {
                    save!();
                    // A program may put its own in the place of the built-in one.
                    match self.namespace_get(self.builtins, sym::DUNDER_BUILD_CLASS) {
                        Some(build) => self.set_register(a_of(word), build),
                        None => {
                            let raised = self.name_not_defined(sym::DUNDER_BUILD_CLASS);
                            raise!(raised);
                        }
                    }
                    load!();
                }
                op::Call => {
                    let first = a_of(word) as usize + 1;
                    call!(word, first, b_of(word) as usize);
                }
                op::CallMethod => {
                    let (first, count) = after_load_method!(word);
                    call!(word, first, count);
                }
                op::CallKeyword => {
                    let first = a_of(word) as usize + 1;
                    call_keyword!(word, first, b_of(word) as usize);
                }
                op::CallMethodKeyword => {
                    let (first, count) = after_load_method!(word);
                    call_keyword!(word, first, count);
                }
                op::CallSpread => {
                    let a = a_of(word) as usize;
                    let (callee, list, keywords) = (regs[a], regs[(a + 1) & 255], regs[(a + 2) & 255]);
                    save!();
                    let called = self.call_spread(callee, list, keywords, Action::Store(b_of(word)));
                    store!(b_of(word), called);
                    spend!();
                }
                op::CallCode => {
                    let first = a_of(word) as usize;
                    let callee = code.constants[words[pc] as usize];
                    pc += 1;
                    let base = save_for_call!(2) + first;
                    let count = 1 + b_of(word) as usize;
                    let action = Action::Store(c_of(word));
                    store!(c_of(word), self.call_code(callee, globals, base, count, action));
                    spend!();
                }
                op::Return => {
                    leave!(regs[a_of(word) as usize]);
                }
                op::ReturnNone => {
                    leave!(Value::NONE);
                }

                op::Yield => {
                    let value = regs[b_of(word) as usize];
                    save!();
                    if self.accepted_below(value) {
                        load!();
                        regs[a_of(word) as usize] = Value::NONE;
                        spend!();
                        continue;
                    }
                    self.instruction = Instruction::NONE;
                    self.suspend_top(Value::UNBOUND);
                    delivered!(self.yield_from_top(value));
                }
                op::YieldFrom => {
                    let iterator = regs[b_of(word) as usize];
                    save!();
                    delivered!(self.delegate(a_of(word), iterator));
                    spend!();
                }
                op::GetAwaitable => {
                    let source = regs[b_of(word) as usize];
                    save!();
                    store!(a_of(word), self.awaitable(source, Action::Store(a_of(word))));
                }

                op::Raise => {
                    let value = regs[a_of(word) as usize];
                    save!();
                    match self.prepare_raise(value) {
                        Ok(()) => return Flow::Look,
                        Err(raised) => return Flow::Raise(raised),
                    }
                }
                op::RaiseFrom => {
                    // Upstream warns of a cause and ignores it.
                    let (value, cause) = (regs[a_of(word) as usize], regs[b_of(word) as usize]);
                    save!();
                    if !cause.is_none() {
                        self.write(super::Stream::Error, "Warning: exception chaining not supported\n");
                    }
                    match self.prepare_raise(value) {
                        Ok(()) => return Flow::Look,
                        Err(raised) => return Flow::Raise(raised),
                    }
                }
                op::Reraise => {
                    let value = regs[a_of(word) as usize];
                    raise!(Raised(value));
                }
                op::RaiseNothing => {
                    save!();
                    let raised = self.heap.raise(TypeId::RuntimeError, "no active exception to reraise");
                    return Flow::Raise(raised);
                }
                op::LoadExceptionParts => {
                    let exception = regs[b_of(word) as usize];
                    let a = a_of(word) as usize;
                    let class = self.heap.class_of(exception).value();
                    regs[a] = class;
                    regs[(a + 1) & 255] = exception;
                    regs[(a + 2) & 255] = Value::NONE;
                }

                op::ImportName => {
                    let name = code.sites[words[pc] as usize].name;
                    pc += 1;
                    let from_list = regs[b_of(word) as usize];
                    save!(2);
                    let called =
                        self.import_statement(name, from_list, c_of(word), Action::Store(a_of(word)));
                    store!(a_of(word), called);
                }
                op::ImportFrom => {
                    let name = code.sites[words[pc] as usize].name;
                    pc += 1;
                    let module = regs[b_of(word) as usize];
                    save!(2);
                    let called = self.import_from(module, name, Action::Store(a_of(word)));
                    store!(a_of(word), called);
                }
                op::ImportStar => {
                    let module = regs[a_of(word) as usize];
                    save!();
                    done!(self.import_star(module, Action::Discard));
                }
                op::ShowExpression => {
                    let value = regs[a_of(word) as usize];
                    save!();
                    done!(self.show_expression(value));
                }
                // Named one by one, so that no number is left that would have to be checked for.
                127 | OPERATIONS.. => {
                    save!();
                    let raised = self.heap.raise(TypeId::RuntimeError, "bad instruction");
                    return Flow::Raise(raised);
                }
            }
        }
    }
}
