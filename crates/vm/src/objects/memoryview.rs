//! `memoryview`: a window on the bytes of another object, as items of the type that the object says.
//!
//! A view keeps the object, a first byte and a number of items, not the bytes: a bytearray that shrinks meanwhile leaves
//! less to see, and nothing dangles. Views of views refer to the object beneath.

use super::bytearray::replacement;
use super::function::{TypeDef, getter, plain, plain_constructor};
use super::text_methods as methods;
use super::typed_items::ItemType;
use crate::heap::{Heap, MemoryViewObject, Raised, Slot, TypeId, Value, try_copy};
use alloc::boxed::Box;

/// The furthest that a view can begin, as upstream's.
const FURTHEST: u64 = 0xFF_FFFF_FFFF_FFFF;

/// `memoryview(object)`
fn construct(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let base = heap.native_part(arguments[1]);
    let view = match heap.slot_of(base) {
        Some(Slot::MemoryView(view)) => copy_of(view),
        Some(Slot::Bytes(bytes)) => bytes_view(base, bytes.len(), false),
        Some(Slot::ByteArray(bytes)) => bytes_view(base, bytes.len(), true),
        Some(Slot::Object(object)) if object.window().is_some() => {
            let item = object.buffer_item();
            let writable = object.is_buffer_writable();
            let Some(window) = heap.window_of(base) else { return Ok(Value::NONE) };
            MemoryViewObject {
                base: window.base,
                start: window.start,
                length: window.length / usize::from(item.size.max(1)),
                typecode: item.code,
                item_size: item.size,
                writable,
            }
        }
        Some(Slot::Object(object)) if object.buffer().is_some() => {
            let item = object.buffer_item();
            MemoryViewObject {
                base,
                start: 0,
                length: object.buffer().map_or(0, <[u8]>::len) / usize::from(item.size.max(1)),
                typecode: item.code,
                item_size: item.size,
                writable: object.is_buffer_writable(),
            }
        }
        _ => match heap.as_str(base) {
            // A text cannot change: its bytes are as good as the text.
            Some(text) => {
                let bytes = try_copy(text.as_bytes())?;
                let length = bytes.len();
                let base = heap.bytes_from(bytes)?;
                bytes_view(base, length, false)
            }
            None => return Err(heap.raise(TypeId::TypeError, "object with buffer protocol required")),
        },
    };
    make(heap, view)
}

fn bytes_view(base: Value, length: usize, writable: bool) -> MemoryViewObject {
    MemoryViewObject { base, start: 0, length, typecode: b'B', item_size: 1, writable }
}

fn copy_of(view: &MemoryViewObject) -> MemoryViewObject {
    MemoryViewObject { ..*view }
}

fn make(heap: &mut Heap, view: MemoryViewObject) -> Result<Value, Raised> {
    heap.budget.charge(size_of::<MemoryViewObject>())?;
    Ok(heap.allocate(Slot::MemoryView(Box::new(view)))?.value())
}

fn view_of(heap: &Heap, view: Value) -> Option<&MemoryViewObject> {
    match heap.slot_of(view) {
        Some(Slot::MemoryView(view)) => Some(view),
        _ => None,
    }
}

fn item_type(view: &MemoryViewObject) -> ItemType {
    ItemType { code: view.typecode, size: view.item_size }
}

/// The item at a position, or `None` past the end.
pub fn item(heap: &mut Heap, view: Value, position: usize) -> Result<Option<Value>, Raised> {
    let Some(kind) = view_of(heap, view).map(item_type) else { return Ok(None) };
    match heap.as_bytes(view).and_then(|bytes| kind.load(bytes, position)) {
        Some(item) => item.value(heap).map(Some),
        None => Ok(None),
    }
}

/// `view[index]`: an item, or a narrower view.
pub fn get_item(
    heap: &mut Heap,
    view: Value,
    index: Value,
    parts: Option<[Value; 3]>,
) -> Result<Value, Raised> {
    let length = view_of(heap, view).map_or(0, |view| view.length);
    let Some(parts) = parts else {
        let at = super::slice::position(heap, index, length, "memoryview")?;
        return match item(heap, view, at)? {
            Some(item) => Ok(item),
            // What it is a view of has shrunk.
            None => Err(heap.raise(TypeId::IndexError, "memoryview index out of range")),
        };
    };
    let span = super::slice::span(heap, parts, length)?;
    super::slice::only_step_one(heap, span)?;
    let Some(whole) = view_of(heap, view) else { return Ok(Value::NONE) };
    let start = whole.start.saturating_add(span.start as usize * usize::from(whole.item_size));
    if start as u64 > FURTHEST {
        return Err(heap.raise(TypeId::OverflowError, "memoryview offset too large"));
    }
    let narrower = MemoryViewObject { start, length: span.count, ..*whole };
    make(heap, narrower)
}

/// `view[index] = value`; the length never changes.
pub fn set_item(
    heap: &mut Heap,
    view: Value,
    index: Value,
    parts: Option<[Value; 3]>,
    value: Value,
) -> Result<(), Raised> {
    let Some(window) = view_of(heap, view).map(copy_of) else { return Ok(()) };
    let read_only = "'memoryview' object doesn't support item assignment";
    let Some(parts) = parts else {
        let at = super::slice::position(heap, index, window.length, "memoryview")?;
        if !window.writable {
            return Err(heap.raise(TypeId::TypeError, read_only));
        }
        let item = item_type(&window).item(heap, value)?;
        if let Some(bytes) = bytes_mut(heap, &window) {
            item.store(bytes, at);
        }
        return Ok(());
    };
    let span = super::slice::span(heap, parts, window.length)?;
    super::slice::only_step_one(heap, span)?;
    let item_size = usize::from(window.item_size);
    let new = replacement(heap, value, item_size)?;
    if !window.writable {
        return Err(heap.raise(TypeId::TypeError, read_only));
    }
    if new.len() != span.count * item_size {
        return Err(heap.raise(TypeId::ValueError, "lhs and rhs should be compatible"));
    }
    let start = span.start as usize * item_size;
    if let Some(place) = bytes_mut(heap, &window).and_then(|bytes| bytes.get_mut(start..start + new.len())) {
        place.copy_from_slice(&new);
    }
    Ok(())
}

/// The bytes that a view shows, to change them.
fn bytes_mut<'a>(heap: &'a mut Heap, window: &MemoryViewObject) -> Option<&'a mut [u8]> {
    let bytes: &mut [u8] = match heap.slot_mut(window.base.as_handle()?) {
        Slot::ByteArray(bytes) => bytes,
        Slot::Object(object) => object.buffer_mut()?,
        _ => return None,
    };
    let end = (window.start + window.length * usize::from(window.item_size)).min(bytes.len());
    bytes.get_mut(window.start..end)
}

/// `memoryview`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        plain("hex", 1, 2, methods::hex),
        getter("itemsize", |heap, value| {
            let size = view_of(heap, value).map_or(1, |view| view.item_size);
            Ok(Value::tiny_int(i32::from(size)))
        }),
    ],
    construct: plain_constructor("memoryview", 1, 1, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::MemoryView, "memoryview")
};
