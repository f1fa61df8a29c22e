//! `framebuf`: drawing into a buffer. Follows upstream's `framebuf` page.
//!
//! A [`FrameBuffer`] is a shape over a buffer of the program's; the [canvas] does the drawing. What differs: the letters
//! of `text` have other shapes.

mod canvas;
mod font;

use crate::arguments;
use crate::binary;
use alloc::sync::Arc;
use alloc::vec::Vec;
use canvas::{Canvas, FORMATS, Point};
use core::sync::atomic::{AtomicBool, Ordering};
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value, try_copy};
use wigwag_vm::objects::function::{Member, TypeDef, full, plain, plain_constructor};
use wigwag_vm::objects::native::{BufferWindow, NativeObject};
use wigwag_vm::objects::typed_items::ItemType;
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `framebuf`
pub static MODULE: ModuleDef = ModuleDef {
    name: "framebuf",
    members: &[
        Member::Extension("FrameBuffer", &FRAME_BUFFER),
        plain("FrameBuffer1", 3, 4, |heap, given| {
            let stride = given.get(3).copied().unwrap_or(given[1]);
            let class = heap.class_for(&FRAME_BUFFER)?;
            let format = Value::tiny_int(0);
            construct(heap, &[class.value(), given[0], given[1], given[2], format, stride])
        }),
        Member::Int("MVLSB", 0),
        Member::Int("MONO_VLSB", 0),
        Member::Int("RGB565", 1),
        Member::Int("GS4_HMSB", 2),
        Member::Int("MONO_HLSB", 3),
        Member::Int("MONO_HMSB", 4),
        Member::Int("GS2_HMSB", 5),
        Member::Int("GS8", 6),
    ],
};

/// The largest width, height and stride.
const LARGEST: i64 = 0xFFFF;
/// The largest radius: ellipses take time by it.
const LARGEST_RADIUS: i64 = 1 << 20;

/// A canvas over a buffer.
struct FrameBuffer {
    class: Handle,
    canvas: Canvas,
    window: BufferWindow,
    /// What was given: it is what the buffer is written through.
    buffer: Value,
}

impl NativeObject for FrameBuffer {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.buffer, self.window.base]);
    }

    fn bytes(&self) -> usize {
        size_of::<FrameBuffer>()
    }

    fn window(&self) -> Option<BufferWindow> {
        Some(self.window)
    }
}

#[cold]
fn bad_value(heap: &mut Heap) -> Raised {
    heap.raise_bare(TypeId::ValueError)
}

/// A canvas for `buffer, width, height, format, stride=width`, which the buffer is large enough for.
fn canvas_for(heap: &mut Heap, given: &[Value]) -> Result<Canvas, Raised> {
    let width = arguments::integer(heap, given[1])?;
    let height = arguments::integer(heap, given[2])?;
    let format = arguments::integer(heap, given[3])?;
    let stride = match given.get(4) {
        Some(&stride) => arguments::integer(heap, stride)?,
        None => width,
    };
    let fits = (1..=LARGEST).contains(&width)
        && (1..=LARGEST).contains(&height)
        && (width..=LARGEST).contains(&stride);
    if !fits {
        return Err(bad_value(heap));
    }
    let Some(&(_, format)) = FORMATS.iter().find(|(number, _)| *number == format) else {
        return Err(heap.raise(TypeId::ValueError, "invalid format"));
    };
    let (canvas, needed) = Canvas::new(width as usize, height as usize, stride as usize, format);
    let part = heap.native_part(given[0]);
    match heap.as_buffer(part) {
        Some(buffer) if buffer.len() as u64 >= needed => Ok(canvas),
        Some(_) => Err(bad_value(heap)),
        None => Err(heap.raise(TypeId::TypeError, "object with buffer protocol required")),
    }
}

/// `FrameBuffer(buffer, width, height, format, stride=width)`
fn construct(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let Some(class) = heap.as_class(given[0]) else { return Ok(Value::NONE) };
    let canvas = canvas_for(heap, &given[1..])?;
    let length = arguments::writable(heap, given[1])?.len();
    let buffer = heap.native_part(given[1]);
    let window = match heap.slot_of(buffer) {
        Some(Slot::MemoryView(view)) => BufferWindow { base: view.base, start: view.start, length },
        Some(Slot::Object(object)) => {
            object.window().unwrap_or(BufferWindow { base: buffer, start: 0, length })
        }
        _ => BufferWindow { base: buffer, start: 0, length },
    };
    arguments::object(heap, FrameBuffer { class, canvas, window, buffer })
}

/// The canvas of a frame buffer, and its buffer.
fn parts(heap: &Heap, object: Value) -> Option<(Canvas, Value)> {
    let frame = heap.as_native::<FrameBuffer>(heap.native_part(object))?;
    Some((frame.canvas, frame.buffer))
}

/// Draws with integers: those after the frame buffer.
fn draw<const N: usize>(
    heap: &mut Heap,
    given: &[Value],
    how: fn(&Canvas, &mut [u8], [i64; N]),
) -> Result<Value, Raised> {
    let mut numbers = [0; N];
    for (number, &value) in numbers.iter_mut().zip(&given[1..]) {
        *number = arguments::integer(heap, value)?;
    }
    let Some((canvas, buffer)) = parts(heap, given[0]) else { return Ok(Value::NONE) };
    how(&canvas, arguments::writable(heap, buffer)?, numbers);
    heap.worked(canvas.width);
    Ok(Value::NONE)
}

/// Whether an optional argument is true; instances are, without being asked.
fn is_true(vm: &Vm, given: Arguments, number: usize) -> bool {
    given.get(vm, number).is_some_and(|value| vm.truth_plain(value).unwrap_or(true))
}

/// `pixel(x, y)`, `pixel(x, y, colour)`
fn pixel(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let point = (arguments::integer(heap, given[1])?, arguments::integer(heap, given[2])?);
    let Some((canvas, buffer)) = parts(heap, given[0]) else { return Ok(Value::NONE) };
    let Some((x, y)) = canvas.inside(point) else { return Ok(Value::NONE) };
    match given.get(3) {
        Some(&colour) => {
            let colour = arguments::integer(heap, colour)?;
            canvas.set(arguments::writable(heap, buffer)?, x, y, colour);
            Ok(Value::NONE)
        }
        None => {
            let colour = canvas.get(heap.as_buffer(buffer).unwrap_or(&[]), x, y);
            heap.int(colour.into())
        }
    }
}

/// `rect(x, y, width, height, colour, fill=False)`
fn rectangle(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let filled = is_true(vm, given, 6);
    let all = given.to_vec(vm);
    let how: fn(&Canvas, &mut [u8], [i64; 5]) = match filled {
        true => {
            |canvas, bytes, [x, y, width, height, colour]| canvas.fill(bytes, (x, y), (width, height), colour)
        }
        false => |canvas, bytes, [x, y, width, height, colour]| {
            let (right, bottom) =
                (x.saturating_add(width.saturating_sub(1)), y.saturating_add(height.saturating_sub(1)));
            canvas.fill(bytes, (x, y), (width, 1), colour);
            canvas.fill(bytes, (x, bottom), (width, 1), colour);
            canvas.fill(bytes, (x, y), (1, height), colour);
            canvas.fill(bytes, (right, y), (1, height), colour);
        },
    };
    Ok(draw(&mut vm.heap, &all, how)?.into())
}

/// `ellipse(x, y, x_radius, y_radius, colour, fill=False, quarters=15)`
fn ellipse(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let filled = is_true(vm, given, 6);
    let quarters = match given.get(vm, 7) {
        Some(quarters) => arguments::integer(&mut vm.heap, quarters)? & 15,
        None => 15,
    };
    let mut numbers = [0; 5];
    for (number, place) in numbers.iter_mut().enumerate() {
        let value = given.at(vm, number + 1);
        *place = arguments::integer(&mut vm.heap, value)?;
    }
    let [x, y, a, b, colour] = numbers;
    if a.unsigned_abs().max(b.unsigned_abs()) > LARGEST_RADIUS as u64 {
        return Err(bad_value(&mut vm.heap));
    }
    let object = given.at(vm, 0);
    if let Some((canvas, buffer)) = parts(&vm.heap, object) {
        let bytes = arguments::writable(&mut vm.heap, buffer)?;
        canvas.ellipse(bytes, (x, y), (a, b), colour, (quarters, filled));
        vm.heap.worked(a.unsigned_abs().max(b.unsigned_abs()) as usize);
    }
    Ok(Value::NONE.into())
}

/// The corners of a polygon in an array: x, y, x, y and so on.
fn corners(vm: &mut Vm, array: Value) -> Result<Vec<Point>, Raised> {
    let part = vm.heap.native_part(array);
    let kind = match vm.heap.slot_of(part) {
        Some(Slot::MemoryView(view)) => ItemType { code: view.typecode, size: view.item_size },
        Some(Slot::Object(object)) => object.buffer_item(),
        _ => ItemType::BYTE,
    };
    let Some(bytes) = vm.heap.as_buffer(part) else {
        return Err(vm.type_error("object with buffer protocol required"));
    };
    let bytes = try_copy(bytes)?;
    let word_bytes = binary::word_bytes(vm);
    let Some(layout) = binary::layout(kind.code, false, word_bytes) else {
        return Err(binary::bad_code(&mut vm.heap));
    };
    let mut corners = Vec::new();
    corners.try_reserve_exact(bytes.len() / (2 * layout.size)).map_err(|_| Raised::OUT_OF_MEMORY)?;
    for pair in bytes.chunks_exact(2 * layout.size) {
        let (x, y) = pair.split_at(layout.size);
        let x = binary::load(&mut vm.heap, layout, x, false)?;
        let y = binary::load(&mut vm.heap, layout, y, false)?;
        corners.push((arguments::integer(&mut vm.heap, x)?, arguments::integer(&mut vm.heap, y)?));
    }
    Ok(corners)
}

/// `poly(x, y, corners, colour, fill=False)`
fn polygon(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (x, y, array, colour) = (given.at(vm, 1), given.at(vm, 2), given.at(vm, 3), given.at(vm, 4));
    let offset = (arguments::integer(&mut vm.heap, x)?, arguments::integer(&mut vm.heap, y)?);
    let corners = corners(vm, array)?;
    let colour = arguments::integer(&mut vm.heap, colour)?;
    let filled = is_true(vm, given, 5);
    let object = given.at(vm, 0);
    let Some((canvas, buffer)) = parts(&vm.heap, object) else { return Ok(Value::NONE.into()) };
    let interrupt: Arc<AtomicBool> = vm.heap.interrupt.clone();
    let bytes = arguments::writable(&mut vm.heap, buffer)?;
    if !filled {
        canvas.outline(bytes, offset, &corners, colour);
        return Ok(Value::NONE.into());
    }
    let mut crossings = Vec::new();
    crossings.try_reserve_exact(corners.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
    let top = corners.iter().map(|corner| corner.1).min().unwrap_or(0);
    let bottom = corners.iter().map(|corner| corner.1).max().unwrap_or(-1);
    // Only the rows that can be seen.
    let first = top.max(offset.1.saturating_neg());
    let last = bottom.min((canvas.height as i64 - 1).saturating_sub(offset.1));
    for row in first..=last {
        canvas.fill_row(bytes, offset, &corners, row, colour, &mut crossings);
        if interrupt.load(Ordering::Relaxed) {
            return Err(vm.heap.raise_interrupt());
        }
    }
    vm.heap.worked(corners.len());
    Ok(Value::NONE.into())
}

/// A frame buffer that is only read: one, or a tuple of what one is made of.
fn readable(heap: &mut Heap, value: Value) -> Result<(Canvas, Value), Raised> {
    if let Some(parts) = parts(heap, value) {
        return Ok(parts);
    }
    let items = arguments::sequence(heap, value)?;
    if !(4..=5).contains(&items.len()) {
        return Err(bad_value(heap));
    }
    let canvas = canvas_for(heap, &items)?;
    Ok((canvas, heap.native_part(items[0])))
}

/// `blit(source, x, y, key=-1, palette=None)`
fn blit(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let (source, pixels) = readable(heap, given[1])?;
    let (x, y) = (arguments::integer(heap, given[2])?, arguments::integer(heap, given[3])?);
    let key = match given.get(4) {
        Some(&key) => arguments::integer(heap, key)?,
        None => -1,
    };
    let palette = match given.get(5).filter(|palette| !palette.is_none()) {
        Some(&palette) => {
            let (canvas, colours) = readable(heap, palette)?;
            Some((canvas, try_copy(heap.as_buffer(colours).unwrap_or(&[]))?))
        }
        None => None,
    };
    // A copy, because source and target may be the same.
    let pixels = try_copy(heap.as_buffer(pixels).unwrap_or(&[]))?;
    let Some((canvas, buffer)) = parts(heap, given[0]) else { return Ok(Value::NONE) };
    let bytes = arguments::writable(heap, buffer)?;
    for row in 0..source.height {
        for column in 0..source.width {
            let point = (x.saturating_add(column as i64), y.saturating_add(row as i64));
            let Some((to_x, to_y)) = canvas.inside(point) else { continue };
            let mut colour = source.get(&pixels, column, row);
            if let Some((palette, colours)) = &palette {
                colour = palette.get(colours, colour as usize, 0);
            }
            if colour != key as u32 {
                canvas.set(bytes, to_x, to_y, colour.into());
            }
        }
    }
    heap.worked(source.width.saturating_mul(source.height));
    Ok(Value::NONE)
}

/// `text(text, x, y, colour=1)`
fn text(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let part = heap.native_part(given[1]);
    let letters = match heap.as_buffer(part) {
        Some(letters) => try_copy(letters)?,
        None => arguments::text(heap, given[1])?.into_bytes(),
    };
    let (mut x, y) = (arguments::integer(heap, given[2])?, arguments::integer(heap, given[3])?);
    let colour = match given.get(4) {
        Some(&colour) => arguments::integer(heap, colour)?,
        None => 1,
    };
    let Some((canvas, buffer)) = parts(heap, given[0]) else { return Ok(Value::NONE) };
    let bytes = arguments::writable(heap, buffer)?;
    for letter in letters {
        for column in font::columns(letter) {
            for row in 0..8 {
                if column >> row & 1 == 1 {
                    canvas.point(bytes, (x, y.saturating_add(row)), colour);
                }
            }
            x = x.saturating_add(1);
        }
    }
    Ok(Value::NONE)
}

/// `framebuf.FrameBuffer`
static FRAME_BUFFER: TypeDef = TypeDef {
    members: &[
        plain("fill", 2, 2, |heap, given| {
            draw(heap, given, |canvas, bytes, [colour]| {
                canvas.fill(bytes, (0, 0), (canvas.width as i64, canvas.height as i64), colour);
            })
        }),
        plain("fill_rect", 6, 6, |heap, given| {
            draw(heap, given, |canvas, bytes, [x, y, width, height, colour]| {
                canvas.fill(bytes, (x, y), (width, height), colour);
            })
        }),
        plain("pixel", 3, 4, pixel),
        plain("hline", 5, 5, |heap, given| {
            draw(heap, given, |canvas, bytes, [x, y, width, colour]| {
                canvas.fill(bytes, (x, y), (width, 1), colour)
            })
        }),
        plain("vline", 5, 5, |heap, given| {
            draw(heap, given, |canvas, bytes, [x, y, height, colour]| {
                canvas.fill(bytes, (x, y), (1, height), colour)
            })
        }),
        full("rect", 6, 7, rectangle),
        plain("line", 6, 6, |heap, given| {
            draw(heap, given, |canvas, bytes, [x1, y1, x2, y2, colour]| {
                canvas.line(bytes, (x1, y1), (x2, y2), colour);
            })
        }),
        full("ellipse", 6, 8, ellipse),
        full("poly", 5, 6, polygon),
        plain("blit", 4, 6, blit),
        plain("scroll", 3, 3, |heap, given| {
            draw(heap, given, |canvas, bytes, [right, down]| canvas.scroll(bytes, (right, down)))
        }),
        plain("text", 4, 5, text),
    ],
    construct: plain_constructor("FrameBuffer", 4, 5, construct),
    base_for_classes: true,
    ..TypeDef::named("FrameBuffer")
};
