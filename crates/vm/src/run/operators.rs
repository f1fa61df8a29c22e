//! Operators, comparisons and subscripts on anything: built-in types first, then special methods.
//!
//! For an operator there are up to three *attempts*: the in-place method of the left operand, its ordinary method, the
//! reflected method of the right one. An attempt that answers NotImplemented is followed by the next. The instruction
//! that is waiting tells which operator it is, so the action only carries the number of the attempt.

use super::compare::{Search, search_plain};
use super::frame::Action;
use super::{Called, FewArguments, Input, NativeFrame, Step, Vm};
use crate::compile::instructions::{a_of, b_of, c_of, op, op_of};
use crate::heap::{Raised, Slot, Symbol, Tracer, TypeId, Value, sym};
use crate::syntax::tree::{BinaryOp, CompareOp, UnaryOp};
use alloc::string::String;

/// Special methods of an operator: ordinary, reflected, in-place; in the order of [`BinaryOp`].
const METHODS: [(Symbol, Symbol, Symbol); 13] = [
    (sym::OR, sym::ROR, sym::IOR),
    (sym::XOR, sym::RXOR, sym::IXOR),
    (sym::AND, sym::RAND, sym::IAND),
    (sym::LSHIFT, sym::RLSHIFT, sym::ILSHIFT),
    (sym::RSHIFT, sym::RRSHIFT, sym::IRSHIFT),
    (sym::ADD, sym::RADD, sym::IADD),
    (sym::SUB, sym::RSUB, sym::ISUB),
    (sym::MUL, sym::RMUL, sym::IMUL),
    (sym::MATMUL, sym::RMATMUL, sym::IMATMUL),
    (sym::FLOORDIV, sym::RFLOORDIV, sym::IFLOORDIV),
    (sym::TRUEDIV, sym::RTRUEDIV, sym::ITRUEDIV),
    (sym::MOD, sym::RMOD, sym::IMOD),
    (sym::POW, sym::RPOW, sym::IPOW),
];

/// The operators by number.
pub(super) const BINARY: [BinaryOp; 13] = [
    BinaryOp::Or,
    BinaryOp::Xor,
    BinaryOp::And,
    BinaryOp::LeftShift,
    BinaryOp::RightShift,
    BinaryOp::Add,
    BinaryOp::Subtract,
    BinaryOp::Multiply,
    BinaryOp::MatrixMultiply,
    BinaryOp::FloorDivide,
    BinaryOp::TrueDivide,
    BinaryOp::Modulo,
    BinaryOp::Power,
];

/// In the attempt number of [`Action::Operator`]: the instruction has a second word.
const FUSED: u8 = 0x80;

/// Whether an instruction compares and branches in one.
fn is_fused(word: u32) -> bool {
    (op::JumpIfEqual..=op::JumpIfGreaterEqual).contains(&op_of(word))
}

/// What an instruction with an operator computes.
#[derive(Clone, Copy, Debug)]
pub enum Operation {
    /// An operator with two operands; whether in place.
    Binary(BinaryOp, bool),
    /// An order or equality.
    Compare(CompareOp),
}

/// Methods of a comparison: of the left operand, and of the right one with the operands swapped.
fn compare_methods(op: CompareOp) -> (Symbol, Symbol) {
    match op {
        CompareOp::NotEqual => (sym::NE, sym::NE),
        CompareOp::Less => (sym::LT, sym::GT),
        CompareOp::LessEqual => (sym::LE, sym::GE),
        CompareOp::Greater => (sym::GT, sym::LT),
        CompareOp::GreaterEqual => (sym::GE, sym::LE),
        _ => (sym::EQ, sym::EQ),
    }
}

/// What came of trying an operation.
pub(super) enum Tried {
    /// A value.
    Value(Value),
    /// A special method runs; its result belongs to the attempt of this number.
    Pushed,
}

impl Vm {
    /// `a op b` for types that need no special method; also those that need the interpreter (`str %`, sets).
    pub fn binary_builtin(&mut self, op: BinaryOp, a: Value, b: Value) -> Result<Option<Value>, Raised> {
        if let Some(value) = crate::objects::operators::binary(&mut self.heap, op, a, b)? {
            return Ok(Some(value));
        }
        match self.heap.slot_of(a) {
            Some(Slot::Set(_) | Slot::FrozenSet(_) | Slot::DictView(..)) => {
                return crate::objects::set::binary(self, op, a, b);
            }
            Some(Slot::Dict(_)) if op == BinaryOp::Or => {
                return crate::objects::dict_type::union(self, a, b);
            }
            _ => {}
        }
        if op == BinaryOp::Modulo
            && (self.heap.as_str(a).is_some() || matches!(self.heap.slot_of(a), Some(Slot::Bytes(_))))
        {
            return crate::objects::text_methods::percent(self, a, b).map(Some);
        }
        Ok(None)
    }

    /// `a op= b` for built-in types that change in place.
    fn inplace_builtin(&mut self, op: BinaryOp, a: Value, b: Value) -> Result<Option<Value>, Raised> {
        match (self.heap.slot_of(a), op) {
            (Some(Slot::List(_)), BinaryOp::Add) if self.heap.as_sequence(b).is_some() => {
                crate::objects::sequence::append_all(&mut self.heap, a, b)?;
                Ok(Some(a))
            }
            (Some(Slot::List(_)), BinaryOp::Multiply) => match self.heap.as_int(b) {
                Some(count) => {
                    crate::objects::list::repeat_in_place(&mut self.heap, a, count)?;
                    Ok(Some(a))
                }
                None => Ok(None),
            },
            (Some(Slot::ByteArray(_)), BinaryOp::Add) => {
                crate::objects::bytearray::extend_in_place(&mut self.heap, a, b)
            }
            (Some(Slot::Set(_)), _) => crate::objects::set::binary_in_place(self, op, a, b),
            (Some(Slot::Dict(_)), BinaryOp::Or) => crate::objects::dict_type::update_in_place(self, a, b),
            _ => Ok(None),
        }
    }

    /// Performs an operation on built-in types; `None` if special methods must be asked.
    pub(super) fn operate_builtin(
        &mut self,
        operation: Operation,
        a: Value,
        b: Value,
    ) -> Result<Option<Value>, Raised> {
        Ok(match operation {
            Operation::Binary(op, true) => match self.inplace_builtin(op, a, b)? {
                Some(value) => Some(value),
                None => self.binary_builtin(op, a, b)?,
            },
            Operation::Binary(op, false) => self.binary_builtin(op, a, b)?,
            Operation::Compare(op) => self.compare_builtin(op, a, b)?.map(Value::from_bool),
        })
    }

    /// Performs an operation, beginning with an attempt number (0 for the first time).
    pub(super) fn operate(
        &mut self,
        operation: Operation,
        a: Value,
        b: Value,
        first: u8,
        action: impl Fn(u8) -> Action,
    ) -> Result<Tried, Raised> {
        if first == 0
            && let Some(value) = self.operate_builtin(operation, a, b)?
        {
            self.mind_work_on(a);
            return Ok(Tried::Value(value));
        }
        let end = if let Operation::Compare(CompareOp::NotEqual) = operation { 5 } else { 3 };
        for attempt in first..end {
            let (receiver, other, name) = match (operation, attempt) {
                (Operation::Binary(op, true), 0) => (a, b, METHODS[op as usize].2),
                (Operation::Binary(op, _), 1) => (a, b, METHODS[op as usize].0),
                (Operation::Binary(op, _), 2) => (b, a, METHODS[op as usize].1),
                // Each side is asked for `__ne__`, then for the opposite of `__eq__`.
                (Operation::Compare(CompareOp::NotEqual), 1) => (a, b, sym::NE),
                (Operation::Compare(CompareOp::NotEqual), 2) => (a, b, sym::EQ),
                (Operation::Compare(CompareOp::NotEqual), 3) => (b, a, sym::NE),
                (Operation::Compare(CompareOp::NotEqual), 4) => (b, a, sym::EQ),
                (Operation::Compare(op), 1) => (a, b, compare_methods(op).0),
                (Operation::Compare(op), 2) => (b, a, compare_methods(op).1),
                _ => continue,
            };
            let Some(method) = self.operator_method(receiver, name)? else { continue };
            if end == 5 && name == sym::EQ {
                let frame = Opposite { method, receiver, other };
                self.push_native(alloc::boxed::Box::new(frame), action(attempt))?;
                return Ok(Tried::Pushed);
            }
            match self.call_bound(method, receiver, &[other], action(attempt))? {
                Called::Value(Value::NOT_IMPLEMENTED) => {}
                Called::Value(value) => return Ok(Tried::Value(value)),
                Called::Stop(value) => return Err(self.stop_iteration(value)),
                Called::Pushed => return Ok(Tried::Pushed),
            }
        }
        // What neither side knows may still work on the built-in objects inside instances of subclasses.
        let (x, y) = (self.heap.native_part(a), self.heap.native_part(b));
        if (x, y) != (a, b)
            && let Some(value) = self.operate_builtin(operation, x, y)?
        {
            // What changed in place is the instance around it.
            let changed = matches!(operation, Operation::Binary(_, true)) && value == x;
            return Ok(Tried::Value(if changed { a } else { value }));
        }
        if let Operation::Binary(op, in_place) = operation
            && let Some(frame) = self.change_by_iterable(op, in_place, (x, b), a)?
        {
            // No other attempt can follow: what comes of the last one is the result.
            self.push_native(frame, action(2))?;
            return Ok(Tried::Pushed);
        }
        self.operate_otherwise(operation, a, b)
    }

    /// The frame of an operator in place whose right side may be any iterable; its result is `result`.
    fn change_by_iterable(
        &mut self,
        op: BinaryOp,
        in_place: bool,
        (changed, source): (Value, Value),
        result: Value,
    ) -> Result<Option<alloc::boxed::Box<dyn NativeFrame>>, Raised> {
        Ok(match (self.heap.slot_of(changed), op, in_place) {
            (Some(Slot::ByteArray(_)), BinaryOp::Add, false) => {
                return Err(self.type_error("object with buffer protocol required"));
            }
            (Some(Slot::ByteArray(_)), BinaryOp::Add, true) => {
                Some(crate::objects::bytes::gather(changed, source, result))
            }
            (Some(Slot::List(_)), BinaryOp::Add, true) => {
                Some(crate::objects::list::fill_frame(changed, source, result))
            }
            (Some(Slot::Dict(_)), BinaryOp::Or, true) => {
                Some(crate::objects::dict_type::merge_frame(self, changed, source, result)?)
            }
            _ => None,
        })
    }

    /// Whether a value's operators are methods that have to be looked up.
    pub(crate) fn has_operators(&self, value: Value) -> bool {
        matches!(self.heap.slot_of(value), Some(Slot::Object(_) | Slot::Instance(_) | Slot::Exception(_)))
    }

    /// The special method of an operator, where it is not the interpreter itself that knows the type.
    pub(crate) fn operator_method(&mut self, receiver: Value, name: Symbol) -> Result<Option<Value>, Raised> {
        match self.heap.slot_of(receiver) {
            Some(Slot::Object(_)) => self.heap.special(receiver, name),
            Some(Slot::Instance(_) | Slot::Exception(_)) => self.python_special(receiver, name),
            _ => Ok(None),
        }
    }

    fn operate_otherwise(&mut self, operation: Operation, a: Value, b: Value) -> Result<Tried, Raised> {
        let name = match operation {
            Operation::Compare(CompareOp::Equal) => return Ok(Tried::Value(Value::from_bool(a == b))),
            Operation::Compare(CompareOp::NotEqual) => return Ok(Tried::Value(Value::from_bool(a != b))),
            Operation::Compare(op) => compare_methods(op).0,
            Operation::Binary(op, true) => METHODS[op as usize].2,
            Operation::Binary(op, false) => METHODS[op as usize].0,
        };
        let name = String::from(self.heap.symbols.text(name));
        let (x, y) = (String::from(self.heap.type_name(a)), String::from(self.heap.type_name(b)));
        Err(self
            .heap
            .raise_fmt(TypeId::TypeError, format_args!("unsupported types for {name}: '{x}', '{y}'")))
    }

    /// A comparison of built-in types; `None` if special methods must be asked.
    pub fn compare_builtin(&mut self, op: CompareOp, a: Value, b: Value) -> Result<Option<bool>, Raised> {
        match op {
            CompareOp::Equal | CompareOp::NotEqual => {
                let wanted = op == CompareOp::Equal;
                if let Some(equal) = super::compare::equal_plain(&self.heap, a, b) {
                    return Ok(Some(equal == wanted));
                }
                let special = |value| {
                    matches!(
                        self.heap.slot_of(value),
                        Some(Slot::Instance(_) | Slot::Object(_) | Slot::Exception(_))
                    )
                };
                if special(a) || special(b) {
                    return Ok(None);
                }
                Ok(Some(self.equal(a, b)? == wanted))
            }
            CompareOp::Is => Ok(Some(a == b)),
            CompareOp::IsNot => Ok(Some(a != b)),
            CompareOp::In | CompareOp::NotIn => Ok(None),
            _ => {
                if let Some(order) = super::compare::order_plain(&self.heap, a, b) {
                    return Ok(Some(super::compare::satisfies(op, order)));
                }
                let same_kind = (self.heap.as_list(a).is_some() && self.heap.as_list(b).is_some())
                    || (self.heap.as_tuple(a).is_some() && self.heap.as_tuple(b).is_some());
                if same_kind {
                    return self.compare_sequences(op, a, b).map(Some);
                }
                crate::objects::set::compare(self, op, a, b)
            }
        }
    }

    /// Lists and tuples compare by their first difference.
    fn compare_sequences(&mut self, op: CompareOp, a: Value, b: Value) -> Result<bool, Raised> {
        let mut number = 0;
        loop {
            let x = self.heap.as_sequence(a).and_then(|items| items.get(number)).copied();
            let y = self.heap.as_sequence(b).and_then(|items| items.get(number)).copied();
            match (x, y) {
                (Some(x), Some(y)) => {
                    if !self.equal(x, y)? {
                        return self.compare_nested(op, x, y);
                    }
                }
                (None, None) => return Ok(super::compare::satisfies(op, Some(core::cmp::Ordering::Equal))),
                (None, Some(_)) => return Ok(super::compare::satisfies(op, Some(core::cmp::Ordering::Less))),
                (Some(_), None) => {
                    return Ok(super::compare::satisfies(op, Some(core::cmp::Ordering::Greater)));
                }
            }
            number += 1;
        }
    }

    /// A comparison whose result is needed right here: special methods run nested.
    pub fn compare_nested(&mut self, op: CompareOp, a: Value, b: Value) -> Result<bool, Raised> {
        if self.fiber.nested >= self.limits.nested_runs {
            return Err(self.too_deep());
        }
        self.fiber.nested += 1;
        let depth = self.roots.len();
        self.roots.extend_from_slice(&[a, b]);
        let result = self.compare_deep(op, a, b);
        self.roots.truncate(depth);
        self.fiber.nested -= 1;
        result
    }

    fn compare_deep(&mut self, op: CompareOp, a: Value, b: Value) -> Result<bool, Raised> {
        let operation = Operation::Compare(op);
        let mut first = 0;
        loop {
            let attempt = core::cell::Cell::new(first);
            let tried = self.operate(operation, a, b, first, |number| {
                attempt.set(number);
                Action::Exit
            })?;
            let value = match tried {
                Tried::Value(value) => value,
                Tried::Pushed => self.run_nested()?,
            };
            if value == Value::NOT_IMPLEMENTED && attempt.get() < 5 {
                first = attempt.get() + 1;
                continue;
            }
            return self.truth_nested(value);
        }
    }

    /// The operation of an instruction, and its operands.
    fn operation_of(&mut self, word: u32) -> Option<(Operation, Value, Value)> {
        let number = op_of(word);
        let (b, c) = (b_of(word), c_of(word));
        let small = || Value::tiny_int(i32::from(c as i8));
        Some(match number {
            op::Or..=op::Power => (
                Operation::Binary(BINARY[(number - op::Or) as usize], false),
                self.register(b),
                self.register(c),
            ),
            op::InplaceOr..=op::InplacePower => (
                Operation::Binary(BINARY[(number - op::InplaceOr) as usize], true),
                self.register(b),
                self.register(c),
            ),
            op::AddInt => (Operation::Binary(BinaryOp::Add, false), self.register(b), small()),
            op::InplaceAddInt => (Operation::Binary(BinaryOp::Add, true), self.register(b), small()),
            op::SubtractInt => (Operation::Binary(BinaryOp::Subtract, false), self.register(b), small()),
            op::InplaceSubtractInt => {
                (Operation::Binary(BinaryOp::Subtract, true), self.register(b), small())
            }
            op::Equal..=op::GreaterEqual => (
                Operation::Compare(COMPARE[(number - op::Equal) as usize]),
                self.register(b),
                self.register(c),
            ),
            op::JumpIfEqual..=op::JumpIfGreaterEqual => (
                Operation::Compare(COMPARE[(number - op::JumpIfEqual) as usize]),
                self.register(a_of(word)),
                self.register(b),
            ),
            _ => return None,
        })
    }

    /// Performs the operator of an instruction of the frame on top, whose `pc` is past it.
    pub(super) fn operate_instruction(&mut self, word: u32, first: u8) -> Result<(), Raised> {
        let Some((operation, a, b)) = self.operation_of(word) else { return Ok(()) };
        let fused = if is_fused(word) { FUSED } else { 0 };
        match self.operate(operation, a, b, first, |attempt| Action::Operator(attempt | fused))? {
            Tried::Value(value) => self.finish_operator(word, value),
            Tried::Pushed => Ok(()),
        }
    }

    /// An attempt at the operator of the instruction below has answered.
    pub(super) fn continue_operator(&mut self, attempt: u8, value: Value) -> Result<(), Raised> {
        let back = if attempt & FUSED != 0 { 2 } else { 1 };
        let Some(word) = self
            .top_frame()
            .and_then(|frame| frame.code.words.get((frame.pc as usize).wrapping_sub(back)).copied())
        else {
            return Ok(());
        };
        if value == Value::NOT_IMPLEMENTED {
            return self.operate_instruction(word, (attempt & !FUSED) + 1);
        }
        self.finish_operator(word, value)
    }

    fn finish_operator(&mut self, word: u32, value: Value) -> Result<(), Raised> {
        if !is_fused(word) {
            self.set_register(a_of(word), value);
            return Ok(());
        }
        let sense = c_of(word) != 0;
        let target = match self.top_frame() {
            Some(frame) => {
                let distance = frame.code.words.get(frame.pc as usize - 1).copied().unwrap_or(0) as i32;
                (frame.pc as i32 + distance) as u32
            }
            None => return Ok(()),
        };
        match self.truth(value, Action::Branch(sense, target))? {
            Called::Value(truth) => {
                if (truth == Value::TRUE) == sense
                    && let Some(frame) = self.top_frame()
                {
                    // A back-edge counts, here as in the dispatch loop, which looks at what is left.
                    let is_back = target < frame.pc;
                    frame.pc = target;
                    self.fuel -= i64::from(is_back);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// `-a` and its kin.
    pub(super) fn unary(&mut self, operator: UnaryOp, a: Value, action: Action) -> Result<Called, Raised> {
        if let Some(value) = crate::objects::operators::unary(&mut self.heap, operator, a)? {
            return Ok(Called::Value(value));
        }
        let name = match operator {
            UnaryOp::Negate => sym::NEG,
            UnaryOp::Positive => sym::POS,
            UnaryOp::Invert | UnaryOp::Not => sym::INVERT,
        };
        if let Some(method) = self.operator_method(a, name)? {
            return self.call_bound(method, a, &[], action);
        }
        let part = self.heap.native_part(a);
        if part != a {
            return self.unary(operator, part, action);
        }
        let name = String::from(self.heap.symbols.text(name));
        let kind = String::from(self.heap.type_name(a));
        Err(self.heap.raise_fmt(TypeId::TypeError, format_args!("unsupported type for {name}: '{kind}'")))
    }

    /// `item in container`. The action gets what `__contains__` returned.
    pub fn contains(&mut self, container: Value, item: Value, action: Action) -> Result<Called, Raised> {
        if let Some(found) = self.contains_builtin(container, item)? {
            self.mind_work_on(container);
            return Ok(Called::Value(Value::from_bool(found)));
        }
        if let Some(method) = self.heap.special(container, sym::CONTAINS)? {
            return match self.call_bound(method, container, &[item], action)? {
                Called::Value(value) => Ok(Called::Value(Value::from_bool(self.truth_nested(value)?))),
                other => Ok(other),
            };
        }
        let part = self.heap.native_part(container);
        if part != container {
            return self.contains(part, item, action);
        }
        // Any iterable can be searched.
        self.push_native(crate::builtins::search::search_frame(container, item), action)?;
        Ok(Called::Pushed)
    }

    fn contains_builtin(&mut self, container: Value, item: Value) -> Result<Option<bool>, Raised> {
        if self.heap.as_dict(container).is_some() || self.heap.as_set(container).is_some() {
            return self.dict_contains(container, item).map(Some);
        }
        if let Some(text) = self.heap.as_str(container) {
            return match self.heap.as_str(self.heap.native_part(item)) {
                Some(part) => Ok(Some(text.contains(part))),
                None => Err(crate::objects::text_methods::no_implicit_conversion(&mut self.heap, item)),
            };
        }
        if let Some(items) = self.heap.as_sequence(container) {
            let mut number = match search_plain(&self.heap, items, item) {
                Search::Found(_) => return Ok(Some(true)),
                Search::Absent => return Ok(Some(false)),
                Search::Unclear(number) => number,
            };
            let depth = self.roots.len();
            self.roots.extend_from_slice(&[container, item]);
            let mut result = Ok(Some(false));
            while let Some(&candidate) = self.heap.as_sequence(container).and_then(|items| items.get(number))
            {
                match if candidate == item { Ok(true) } else { self.equal(candidate, item) } {
                    Ok(true) => {
                        result = Ok(Some(true));
                        break;
                    }
                    Ok(false) => {}
                    Err(raised) => {
                        result = Err(raised);
                        break;
                    }
                }
                number += 1;
            }
            self.roots.truncate(depth);
            return result;
        }
        if let Some(Slot::Bytes(_) | Slot::ByteArray(_)) = self.heap.slot_of(container) {
            let part = self.heap.native_part(item);
            let bytes = self.heap.as_bytes(container).unwrap_or(&[]);
            if let Some(byte) = self.heap.as_int(part) {
                return Ok(Some(u8::try_from(byte).is_ok_and(|byte| bytes.contains(&byte))));
            }
            if let Some(part) = self.heap.as_buffer(part) {
                use crate::text::search::{Direction, find};
                return Ok(Some(find(bytes, part, Direction::First).is_some()));
            }
            return Ok(None);
        }
        match self.heap.slot_of(container) {
            Some(&Slot::Range(range)) if self.heap.as_integer(item).is_some() => {
                let found =
                    self.heap.as_int(item).is_some_and(|item| crate::objects::range::contains(range, item));
                Ok(Some(found))
            }
            Some(&Slot::DictView(table, crate::heap::DictPart::Keys)) => {
                self.dict_contains(table, item).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// `container[index]`
    pub fn get_item(&mut self, container: Value, index: Value, action: Action) -> Result<Called, Raised> {
        if self.heap.as_dict(container).is_some() {
            return match self.dict_get(container, index)? {
                Some(value) => Ok(Called::Value(value)),
                None => Err(self.heap.raise_key(index)),
            };
        }
        if let Some(value) = crate::objects::slice::get_item(self, container, index)? {
            return Ok(Called::Value(value));
        }
        if let Some(method) = self.subscript_method(container, sym::GETITEM)? {
            return self.call_bound(method, container, &[index], action);
        }
        let part = self.heap.native_part(container);
        if part != container {
            if self.heap.as_dict(part).is_some()
                && let Some(method) = self.python_special(container, sym::MISSING)?
                && self.dict_get(part, index)?.is_none()
            {
                return self.call_bound(method, container, &[index], action);
            }
            return self.get_item(part, index, action);
        }
        Err(self.no_subscript(container, "isn't subscriptable"))
    }

    fn subscript_method(&mut self, container: Value, name: Symbol) -> Result<Option<Value>, Raised> {
        match self.heap.slot_of(container) {
            Some(Slot::Instance(_) | Slot::Object(_)) => match self.heap.special(container, name)? {
                Some(method) if self.heap.native_part(container) == container => Ok(Some(method)),
                Some(_) => self.python_special(container, name),
                None => Ok(None),
            },
            Some(Slot::Exception(_)) => self.python_special(container, name),
            _ => Ok(None),
        }
    }

    #[cold]
    fn no_subscript(&mut self, container: Value, what: &str) -> Raised {
        let kind = String::from(self.heap.type_name(container));
        self.heap.raise_fmt(TypeId::TypeError, format_args!("'{kind}' object {what}"))
    }

    /// `container[index] = value`
    pub fn set_item(
        &mut self,
        container: Value,
        index: Value,
        value: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        if self.heap.as_dict(container).is_some() {
            self.dict_set(container, index, value)?;
            return Ok(Called::Value(Value::NONE));
        }
        if crate::objects::slice::set_item(self, container, index, value)? {
            return Ok(Called::Value(Value::NONE));
        }
        if let Some(method) = self.subscript_method(container, sym::SETITEM)? {
            return self.call_bound(method, container, &[index, value], action);
        }
        let part = self.heap.native_part(container);
        if part != container {
            return self.set_item(part, index, value, action);
        }
        Err(self.no_subscript(container, "doesn't support item assignment"))
    }

    /// `container[start:stop:step]`
    pub(super) fn get_part(
        &mut self,
        container: Value,
        parts: [Value; 3],
        action: Action,
    ) -> Result<Called, Raised> {
        self.with_slice(parts, |vm, slice| vm.get_item(container, slice, action))
    }

    /// `container[start:stop:step] = new`
    pub(super) fn set_part(
        &mut self,
        container: Value,
        parts: [Value; 3],
        new: Value,
        action: Action,
    ) -> Result<Called, Raised> {
        self.with_slice(parts, |vm, slice| vm.set_item(container, slice, new, action))
    }

    /// Does something with a slice that no register holds.
    fn with_slice(
        &mut self,
        parts: [Value; 3],
        run: impl FnOnce(&mut Vm, Value) -> Result<Called, Raised>,
    ) -> Result<Called, Raised> {
        let slice = self.heap.allocate(Slot::Slice(parts))?.value();
        let depth = self.roots.len();
        self.roots.push(slice);
        let called = run(self, slice);
        self.roots.truncate(depth);
        called
    }

    /// `del container[index]`
    pub fn delete_item(&mut self, container: Value, index: Value, action: Action) -> Result<Called, Raised> {
        if self.heap.as_dict(container).is_some() {
            return match self.dict_remove(container, index)? {
                Some(_) => Ok(Called::Value(Value::NONE)),
                None => Err(self.heap.raise_key(index)),
            };
        }
        if crate::objects::slice::delete_item(self, container, index)? {
            return Ok(Called::Value(Value::NONE));
        }
        if let Some(method) = self.subscript_method(container, sym::DELITEM)? {
            return self.call_bound(method, container, &[index], action);
        }
        let part = self.heap.native_part(container);
        if part != container {
            return self.delete_item(part, index, action);
        }
        Err(self.no_subscript(container, "doesn't support item deletion"))
    }
}

/// Asks `__eq__` for the opposite of its answer, which is what `!=` means without `__ne__`.
struct Opposite {
    method: Value,
    receiver: Value,
    other: Value,
}

impl NativeFrame for Opposite {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(Value::NOT_IMPLEMENTED) => Ok(Step::Return(Value::NOT_IMPLEMENTED)),
            Input::Value(answer) => Ok(Step::Return(Value::from_bool(!vm.truth_nested(answer)?))),
            _ => Ok(Step::Call(self.method, FewArguments::new(&[self.receiver, self.other]))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.method, self.receiver, self.other]);
    }
}

/// The comparisons by number.
pub(super) const COMPARE: [CompareOp; 6] = [
    CompareOp::Equal,
    CompareOp::NotEqual,
    CompareOp::Less,
    CompareOp::LessEqual,
    CompareOp::Greater,
    CompareOp::GreaterEqual,
];
