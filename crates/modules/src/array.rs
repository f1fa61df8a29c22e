//! `array`: numbers of one kind, packed. Their bytes are a buffer that others read and write in place.
//!
//! The type code `O` makes an array of any objects, which is no buffer.

use crate::arguments;
use crate::binary::{self, Layout};
use crate::index_iterator;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use wigwag_vm::heap::{Budget, Handle, Heap, Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{Member, TypeDef, constructor, full, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::objects::slice::{Span, position, span};
use wigwag_vm::objects::typed_items::ItemType;
use wigwag_vm::run::compare::order_plain;
use wigwag_vm::run::native_frame::{Items, Walk};
use wigwag_vm::run::print::TextKind;
use wigwag_vm::run::{Arguments, Input, ModuleDef, NativeFrame, Outcome, Step, Vm};

/// `array`
pub static MODULE: ModuleDef = ModuleDef { name: "array", members: &[Member::Extension("array", &TYPE)] };

/// The type code of arrays of objects.
const OBJECTS: u8 = b'O';

const ONLY_STEP_1: &str = "only slices with step=1 (aka None) are supported";

/// An array.
struct Array {
    class: Handle,
    code: u8,
    /// How an item lies in `bytes`; `None`: the items are `objects`.
    layout: Option<Layout>,
    bytes: Vec<u8>,
    objects: Vec<Value>,
}

impl NativeObject for Array {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&self.objects);
    }

    fn bytes(&self) -> usize {
        size_of::<Array>() + self.bytes.capacity() + self.objects.capacity() * size_of::<Value>()
    }

    fn buffer(&self) -> Option<&[u8]> {
        self.layout.map(|_| &self.bytes[..])
    }

    fn buffer_mut(&mut self) -> Option<&mut [u8]> {
        self.layout.map(|_| &mut self.bytes[..])
    }

    fn buffer_item(&self) -> ItemType {
        ItemType { code: self.code, size: self.layout.map_or(1, |layout| layout.size as u8) }
    }

    fn is_buffer_writable(&self) -> bool {
        true
    }
}

impl Array {
    fn length(&self) -> usize {
        match self.layout {
            Some(layout) => self.bytes.len() / layout.size,
            None => self.objects.len(),
        }
    }

    /// Makes room for more items.
    fn reserve(&mut self, budget: &mut Budget, count: usize) -> Result<(), Raised> {
        match self.layout {
            Some(layout) => {
                let bytes = count.checked_mul(layout.size).ok_or(Raised::OUT_OF_MEMORY)?;
                budget.reserve(&mut self.bytes, bytes)?;
            }
            None => budget.reserve(&mut self.objects, count)?,
        }
        Ok(())
    }
}

/// The array behind a value, with the budget that its growth is charged to.
fn array_and_budget(heap: &mut Heap, array: Value) -> Option<(&mut Array, &mut Budget)> {
    match heap.slot_and_budget(array)? {
        (Slot::Object(object), budget) => {
            let array = (&mut **object as &mut dyn core::any::Any).downcast_mut()?;
            Some((array, budget))
        }
        _ => None,
    }
}

fn length(heap: &Heap, array: Value) -> usize {
    heap.as_native::<Array>(array).map_or(0, Array::length)
}

/// The item with this number.
fn item(heap: &mut Heap, array: Value, number: usize) -> Result<Option<Value>, Raised> {
    let Some(object) = heap.as_native::<Array>(array) else { return Ok(None) };
    let Some(layout) = object.layout else { return Ok(object.objects.get(number).copied()) };
    let mut copy = [0; 8];
    let start = number * layout.size;
    let Some(bytes) = object.bytes.get(start..start + layout.size) else { return Ok(None) };
    copy[..layout.size].copy_from_slice(bytes);
    binary::load(heap, layout, &copy[..layout.size], false).map(Some)
}

/// Replaces an item, or appends where the number is the length; the room must be there.
fn put(heap: &mut Heap, array: Value, number: usize, value: Value) -> Result<(), Raised> {
    let layout = heap.as_native::<Array>(array).and_then(|array| array.layout);
    let word = match layout {
        Some(layout) => binary::store(heap, layout, value)?,
        None => 0,
    };
    let Some((array, budget)) = array_and_budget(heap, array) else { return Ok(()) };
    if number == array.length() {
        array.reserve(budget, 1)?;
    }
    match layout {
        Some(layout) => {
            let start = number * layout.size;
            if start == array.bytes.len() {
                array.bytes.resize(start + layout.size, 0);
            }
            if let Some(place) = array.bytes.get_mut(start..start + layout.size) {
                binary::put(word, place, false);
            }
        }
        None if number == array.objects.len() => array.objects.push(value),
        None => {
            if let Some(place) = array.objects.get_mut(number) {
                *place = value;
            }
        }
    }
    Ok(())
}

/// Appends whole items from bytes; what is left over is dropped.
fn extend_from_bytes(heap: &mut Heap, array: Value, bytes: &[u8]) -> Result<(), Raised> {
    if let Some((array, budget)) = array_and_budget(heap, array)
        && let Some(layout) = array.layout
    {
        let count = bytes.len() / layout.size;
        array.reserve(budget, count)?;
        array.bytes.extend_from_slice(&bytes[..count * layout.size]);
    }
    Ok(())
}

/// A new array like this one, with these items of it.
fn part(heap: &mut Heap, array: Value, span: Span) -> Result<Value, Raised> {
    let Some(object) = heap.as_native::<Array>(array) else { return Ok(Value::NONE) };
    let (class, code, layout) = (object.class, object.code, object.layout);
    let (mut bytes, mut objects) = (Vec::new(), Vec::new());
    match layout {
        Some(layout) => {
            bytes.try_reserve_exact(span.count * layout.size).map_err(|_| Raised::OUT_OF_MEMORY)?;
            for number in span.positions() {
                let start = number * layout.size;
                bytes.extend_from_slice(object.bytes.get(start..start + layout.size).unwrap_or(&[]));
            }
        }
        None => {
            objects.try_reserve_exact(span.count).map_err(|_| Raised::OUT_OF_MEMORY)?;
            objects.extend(span.positions().filter_map(|number| object.objects.get(number)));
        }
    }
    arguments::object(heap, Array { class, code, layout, bytes, objects })
}

fn slice_parts(heap: &Heap, index: Value) -> Option<[Value; 3]> {
    match heap.slot_of(index) {
        Some(&Slot::Slice(parts)) => Some(parts),
        _ => None,
    }
}

fn get_item(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let (array, length) = (given[0], length(heap, given[0]));
    match slice_parts(heap, given[1]) {
        Some(parts) => {
            let span = span(heap, parts, length)?;
            if span.step != 1 {
                return Err(heap.raise(TypeId::NotImplementedError, ONLY_STEP_1));
            }
            part(heap, array, span)
        }
        None => {
            let number = position(heap, given[1], length, "array")?;
            Ok(item(heap, array, number)?.unwrap_or(Value::NONE))
        }
    }
}

fn set_item(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let (array, value, length) = (given[0], given[2], length(heap, given[0]));
    let Some(parts) = slice_parts(heap, given[1]) else {
        let number = position(heap, given[1], length, "array")?;
        put(heap, array, number, value)?;
        return Ok(Value::NONE);
    };
    let span = span(heap, parts, length)?;
    if span.step != 1 {
        return Err(heap.raise(TypeId::NotImplementedError, ONLY_STEP_1));
    }
    let code = heap.as_native::<Array>(array).map(|array| array.code);
    let source = heap.native_part(value);
    let Some(new) = heap.as_native::<Array>(source) else {
        return Err(if heap.as_bytes(source).is_some() {
            heap.raise(TypeId::ValueError, "lhs and rhs should be compatible")
        } else {
            heap.raise(TypeId::NotImplementedError, "array/bytes required on right side")
        });
    };
    if Some(new.code) != code {
        return Err(heap.raise(TypeId::ValueError, "lhs and rhs should be compatible"));
    }
    let (bytes, objects) = (new.bytes.clone(), new.objects.clone());
    let count = new.length();
    if let Some((array, budget)) = array_and_budget(heap, array) {
        array.reserve(budget, count.saturating_sub(span.count))?;
        let (start, end) = (span.start as usize, span.start as usize + span.count);
        match array.layout {
            Some(layout) => {
                array.bytes.splice(start * layout.size..end * layout.size, bytes);
            }
            None => {
                array.objects.splice(start..end, objects);
            }
        }
    }
    Ok(Value::NONE)
}

fn append(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let end = length(heap, given[0]);
    put(heap, given[0], end, given[1])?;
    Ok(Value::NONE)
}

/// Appends what an iterable gives.
struct Fill {
    array: Value,
    walk: Walk,
    result: Value,
}

impl NativeFrame for Fill {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..1000 {
            // Room first, so that an item once taken cannot be lost.
            if let Some((array, budget)) = array_and_budget(&mut vm.heap, self.array) {
                array.reserve(budget, 1)?;
            }
            match self.walk.next(vm, input)? {
                Items::Item(item) => {
                    let end = length(&vm.heap, self.array);
                    put(&mut vm.heap, self.array, end, item)?;
                }
                Items::End => return Ok(Step::Return(self.result)),
                Items::Ask(step) => return Ok(step),
            }
            input = Input::Start;
        }
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.array);
        tracer.value(self.result);
        self.walk.trace(tracer);
    }
}

/// `array(typecode, items=())`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    if !given.keywords(vm).is_empty() {
        return Err(vm.type_error("function doesn't take keyword arguments"));
    }
    let (class, code) = (given.at(vm, 0), given.at(vm, 1));
    let Some(class) = vm.heap.as_class(class) else { return Ok(Value::NONE.into()) };
    let code = arguments::text(&mut vm.heap, code)?.bytes().next().unwrap_or(0);
    let word_bytes = binary::word_bytes(vm);
    let layout = match code {
        OBJECTS => None,
        _ => match binary::layout(code, false, word_bytes).filter(|_| code != b'e') {
            Some(layout) => Some(layout),
            None => return Err(binary::bad_code(&mut vm.heap)),
        },
    };
    let array = Array { class, code, layout, bytes: Vec::new(), objects: Vec::new() };
    let array = arguments::object(&mut vm.heap, array)?;
    let Some(source) = given.get(vm, 2) else { return Ok(array.into()) };
    if matches!(vm.heap.slot_of(source), Some(Slot::Bytes(_) | Slot::ByteArray(_))) && layout.is_some() {
        let bytes = arguments::buffer(&mut vm.heap, source)?;
        extend_from_bytes(&mut vm.heap, array, &bytes)?;
        return Ok(array.into());
    }
    Ok(Outcome::Frame(Box::new(Fill { array, walk: Walk::new(source), result: array })))
}

/// Appends the bytes of a buffer, or the items of any other iterable.
fn extend_with(vm: &mut Vm, given: Arguments, result: Value) -> Result<Outcome, Raised> {
    let (array, source) = (given.at(vm, 0), given.at(vm, 1));
    if vm.heap.as_native::<Array>(array).is_some_and(|array| array.layout.is_some())
        && vm.heap.as_bytes(source).is_some()
    {
        let bytes = arguments::buffer(&mut vm.heap, source)?;
        extend_from_bytes(&mut vm.heap, array, &bytes)?;
        return Ok(result.into());
    }
    Ok(Outcome::Frame(Box::new(Fill { array, walk: Walk::new(source), result })))
}

/// `a + b`
fn add(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let length = length(heap, given[0]);
    let whole = Span { start: 0, stop: length as i64, step: 1, count: length };
    let more = arguments::buffer(heap, given[1])?;
    let sum = part(heap, given[0], whole)?;
    extend_from_bytes(heap, sum, &more)?;
    Ok(sum)
}

/// What upstream does not implement: comparing arrays whose items lie differently in memory, or are floats.
#[cold]
fn not_implemented(heap: &mut Heap) -> Raised {
    heap.raise_bare(TypeId::NotImplementedError)
}

/// Whether arrays with these type codes can be compared.
fn are_comparable(a: u8, b: u8) -> bool {
    a.eq_ignore_ascii_case(&b) && !matches!(a, b'f' | b'd')
}

/// The order of two arrays by their first difference; `None` if one is none.
fn order(heap: &mut Heap, a: Value, b: Value) -> Result<Option<Ordering>, Raised> {
    let b = heap.native_part(b);
    let (Some(x), Some(y)) = (heap.as_native::<Array>(a), heap.as_native::<Array>(b)) else {
        return Ok(None);
    };
    if !are_comparable(x.code, y.code) {
        return Err(not_implemented(heap));
    }
    let mut number = 0;
    loop {
        match (item(heap, a, number)?, item(heap, b, number)?) {
            (Some(x), Some(y)) => match order_plain(heap, x, y).flatten() {
                Some(Ordering::Equal) => number += 1,
                other => return Ok(other),
            },
            (x, y) => return Ok(Some(x.is_some().cmp(&y.is_some()))),
        }
    }
}

fn equal(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (a, b) = (given.at(vm, 0), given.at(vm, 1));
    let b = vm.heap.native_part(b);
    let code = vm.heap.as_native::<Array>(a).map_or(0, |array| array.code);
    let Some(other) = vm.heap.as_native::<Array>(b) else {
        // A bytearray is an array of bytes under another name; bytes are not.
        let is_byte_array = matches!(vm.heap.slot_of(b), Some(Slot::ByteArray(_)));
        let equal = code == b'B' && is_byte_array && vm.heap.as_bytes(a) == vm.heap.as_bytes(b);
        return Ok(Value::from_bool(equal).into());
    };
    if code != OBJECTS || other.code != OBJECTS {
        let equal = order(&mut vm.heap, a, b)? == Some(Ordering::Equal);
        return Ok(Value::from_bool(equal).into());
    }
    if length(&vm.heap, a) != length(&vm.heap, b) {
        return Ok(Value::FALSE.into());
    }
    let mut number = 0;
    while let (Some(x), Some(y)) = (item(&mut vm.heap, a, number)?, item(&mut vm.heap, b, number)?) {
        if !vm.equal(x, y)? {
            return Ok(Value::FALSE.into());
        }
        number += 1;
    }
    Ok(Value::TRUE.into())
}

/// `item in array`: upstream looks for no numbers, and says so; nothing else is ever in an array of numbers.
fn contains(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    if heap.as_native::<Array>(given[0]).is_some_and(|array| array.code == OBJECTS) {
        return Err(not_implemented(heap));
    }
    match heap.as_number(given[1]) {
        Some(_) => Err(not_implemented(heap)),
        None => Ok(Value::FALSE),
    }
}

fn compare(heap: &mut Heap, given: &[Value], accepts: fn(Ordering) -> bool) -> Result<Value, Raised> {
    Ok(match order(heap, given[0], given[1])? {
        Some(order) => Value::from_bool(accepts(order)),
        None => Value::NOT_IMPLEMENTED,
    })
}

fn repr(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let array = given.at(vm, 0);
    let code = vm.heap.as_native::<Array>(array).map_or(0, |array| array.code);
    let mut text = String::from("array('");
    text.push(char::from(code));
    text.push('\'');
    let mut number = 0;
    while let Some(item) = item(&mut vm.heap, array, number)? {
        text.push_str(if number == 0 { ", [" } else { ", " });
        vm.write_value(&mut text, item, TextKind::Repr)?;
        number += 1;
    }
    text.push_str(if number == 0 { ")" } else { "])" });
    Ok(vm.heap.string(text)?.into())
}

/// `array.array`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        plain("append", 2, 2, append),
        full("extend", 2, 2, |vm, given| extend_with(vm, given, Value::NONE)),
        plain("__len__", 1, 1, |heap, given| {
            let length = length(heap, given[0]);
            heap.size(length)
        }),
        plain("__getitem__", 2, 2, get_item),
        plain("__setitem__", 3, 3, set_item),
        plain("__iter__", 1, 1, |heap, given| index_iterator::make(heap, given[0], item)),
        plain("__add__", 2, 2, add),
        full("__iadd__", 2, 2, |vm, given| {
            let array = given.at(vm, 0);
            extend_with(vm, given, array)
        }),
        plain("__contains__", 2, 2, contains),
        full("__eq__", 2, 2, equal),
        plain("__lt__", 2, 2, |heap, given| compare(heap, given, Ordering::is_lt)),
        plain("__le__", 2, 2, |heap, given| compare(heap, given, Ordering::is_le)),
        plain("__gt__", 2, 2, |heap, given| compare(heap, given, Ordering::is_gt)),
        plain("__ge__", 2, 2, |heap, given| compare(heap, given, Ordering::is_ge)),
        full("__repr__", 1, 1, repr),
    ],
    construct: constructor("array", 1, 2, construct),
    base_for_classes: true,
    ..TypeDef::named("array")
};
