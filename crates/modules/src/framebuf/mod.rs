//! `framebuf`: pictures in a buffer of the program's, as displays want them. It follows
//! <https://docs.micropython.org/en/latest/library/framebuf.html>.
//!
//! What differs: the letters are of another font; a radius beyond 2^20 is a `ValueError`.

mod font;
mod shapes;
mod surface;

use crate::arguments;
use alloc::vec::Vec;
use shapes::Quarters;
use surface::{Canvas, Format, Geometry};
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value, try_copy};
use wigwag_vm::objects::function::{Member, TypeDef, full, plain, plain_constructor};
use wigwag_vm::objects::native::{NativeObject, Window};
use wigwag_vm::objects::typed_items::ItemType;
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm};

/// `framebuf`
pub static MODULE: ModuleDef = ModuleDef {
    name: "framebuf",
    members: &[
        Member::Extension("FrameBuffer", &TYPE),
        plain("FrameBuffer1", 3, 4, frame_buffer_1),
        Member::Int("MVLSB", Format::MonoVertical as i64),
        Member::Int("MONO_VLSB", Format::MonoVertical as i64),
        Member::Int("MONO_HLSB", Format::MonoHorizontal as i64),
        Member::Int("MONO_HMSB", Format::MonoHorizontalReversed as i64),
        Member::Int("RGB565", Format::Rgb565 as i64),
        Member::Int("GS2_HMSB", Format::Gray2 as i64),
        Member::Int("GS4_HMSB", Format::Gray4 as i64),
        Member::Int("GS8", Format::Gray8 as i64),
    ],
};

/// A picture in the bytes of another object.
struct FrameBuffer {
    class: Handle,
    window: Window,
    geometry: Geometry,
}

impl NativeObject for FrameBuffer {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.window.base);
    }

    fn bytes(&self) -> usize {
        size_of::<FrameBuffer>()
    }

    fn window(&self) -> Option<Window> {
        Some(self.window)
    }

    fn is_buffer_writable(&self) -> bool {
        true
    }
}

/// A picture to copy from: its bytes, and how they make one.
#[derive(Clone, Copy)]
struct Picture {
    window: Window,
    geometry: Geometry,
}

/// The picture that `(buffer, width, height, format[, stride])` describes.
fn described(heap: &mut Heap, parts: &[Value]) -> Result<Picture, Raised> {
    let width = arguments::integer(heap, parts[1])?;
    let height = arguments::integer(heap, parts[2])?;
    let format = arguments::integer(heap, parts[3])?;
    let stride = match parts.get(4) {
        Some(&stride) => arguments::integer(heap, stride)?,
        None => width,
    };
    let Some(known) = Format::numbered(format) else {
        return Err(heap.raise(TypeId::ValueError, "invalid format"));
    };
    let Some((geometry, bytes)) = Geometry::new(known, width, height, stride) else {
        return Err(heap.raise_bare(TypeId::ValueError));
    };
    let buffer = heap.native_part(parts[0]);
    let Some(window) = heap.window_of(buffer) else {
        return Err(heap.raise(TypeId::TypeError, "object with buffer protocol required"));
    };
    if bytes > window.length as u64 {
        return Err(heap.raise_bare(TypeId::ValueError));
    }
    Ok(Picture { window, geometry })
}

/// `FrameBuffer(buffer, width, height, format, stride=width)`
fn construct(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    make(heap, &given[1..])
}

fn make(heap: &mut Heap, parts: &[Value]) -> Result<Value, Raised> {
    let Picture { window, geometry } = described(heap, parts)?;
    arguments::writable(heap, parts[0])?;
    let class = heap.class_for(&TYPE)?;
    arguments::object(heap, FrameBuffer { class, window, geometry })
}

/// `FrameBuffer1(buffer, width, height, stride=width)`, as it was once
fn frame_buffer_1(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let format = Value::tiny_int(Format::MonoVertical as i32);
    let stride = given.get(3).copied().unwrap_or(given[1]);
    make(heap, &[given[0], given[1], given[2], format, stride])
}

/// Draws on the picture that the method was called on.
fn draw<T>(
    heap: &mut Heap,
    picture: Value,
    with: impl FnOnce(&mut Canvas<'_>) -> T,
) -> Result<Value, Raised> {
    if let Some(geometry) = heap.as_native::<FrameBuffer>(picture).map(|picture| picture.geometry) {
        with(&mut Canvas { geometry, bytes: arguments::writable(heap, picture)? });
    }
    Ok(Value::NONE)
}

/// The numbers after a method's self.
fn numbers<const N: usize>(heap: &mut Heap, given: &[Value]) -> Result<[i64; N], Raised> {
    let mut numbers = [0; N];
    for (number, &value) in numbers.iter_mut().zip(&given[1..]) {
        *number = arguments::integer(heap, value)?;
    }
    Ok(numbers)
}

fn fill(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let [color] = numbers(heap, given)?;
    draw(heap, given[0], |canvas| canvas.fill_rect(0, 0, i64::MAX, i64::MAX, color as u32))
}

fn fill_rect(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let [x, y, width, height, color] = numbers(heap, given)?;
    draw(heap, given[0], |canvas| canvas.fill_rect(x, y, width, height, color as u32))
}

/// `pixel(x, y)`, `pixel(x, y, color)`
fn pixel(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let [x, y] = numbers(heap, given)?;
    if let Some(&color) = given.get(3) {
        let color = arguments::integer(heap, color)?;
        return draw(heap, given[0], |canvas| canvas.set(x, y, color as u32));
    }
    let mut color = None;
    draw(heap, given[0], |canvas| {
        color = canvas.inside(x, y).map(|(x, y)| canvas.geometry.get(canvas.bytes, x, y));
    })?;
    Ok(color.map_or(Value::NONE, |color| Value::tiny_int(color as i32)))
}

fn horizontal_line(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let [x, y, width, color] = numbers(heap, given)?;
    draw(heap, given[0], |canvas| canvas.fill_rect(x, y, width, 1, color as u32))
}

fn vertical_line(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let [x, y, height, color] = numbers(heap, given)?;
    draw(heap, given[0], |canvas| canvas.fill_rect(x, y, 1, height, color as u32))
}

/// `rect(x, y, width, height, color, filled=False)`
fn rectangle(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let all = given.to_vec(vm);
    let filled = truth(vm, all.get(6))?;
    let [x, y, width, height, color] = numbers(&mut vm.heap, &all)?;
    let color = color as u32;
    let (right, bottom) =
        (x.saturating_add(width).saturating_sub(1), y.saturating_add(height).saturating_sub(1));
    let drawn = draw(&mut vm.heap, all[0], |canvas| {
        if filled {
            canvas.fill_rect(x, y, width, height, color);
            return;
        }
        canvas.fill_rect(x, y, width, 1, color);
        canvas.fill_rect(x, bottom, width, 1, color);
        canvas.fill_rect(x, y, 1, height, color);
        canvas.fill_rect(right, y, 1, height, color);
    })?;
    Ok(drawn.into())
}

fn truth(vm: &mut Vm, value: Option<&Value>) -> Result<bool, Raised> {
    value.map_or(Ok(false), |&value| vm.truth_nested(value))
}

fn line(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let [x1, y1, x2, y2, color] = numbers(heap, given)?;
    draw(heap, given[0], |canvas| shapes::line(canvas, (x1, y1), (x2, y2), color as u32))
}

/// `ellipse(x, y, x_radius, y_radius, color, filled=False, quarters=0xF)`
fn ellipse(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let all = given.to_vec(vm);
    let filled = truth(vm, all.get(6))?;
    let heap = &mut vm.heap;
    let [x, y, x_radius, y_radius, color] = numbers(heap, &all)?;
    let bits = match all.get(7) {
        Some(&bits) => arguments::integer(heap, bits)? & 0xF,
        None => 0xF,
    };
    if x_radius.max(y_radius) > shapes::LARGEST_RADIUS || x_radius.min(y_radius) < -shapes::LARGEST_RADIUS {
        return Err(heap.raise(TypeId::ValueError, "radius too large"));
    }
    let quarters = Quarters { bits, filled };
    let drawn = draw(heap, all[0], |canvas| {
        shapes::ellipse(canvas, (x, y), (x_radius, y_radius), color as u32, quarters);
    })?;
    Ok(drawn.into())
}

/// `poly(x, y, coordinates, color, filled=False)`
fn polygon(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let all = given.to_vec(vm);
    let filled = truth(vm, all.get(5))?;
    let heap = &mut vm.heap;
    let [x, y] = numbers(heap, &all)?;
    let mut corners = corners(heap, all[3])?;
    if corners.is_empty() {
        return Ok(Value::NONE.into());
    }
    let color = arguments::integer(heap, all[4])? as u32;
    let mut crossings = Vec::new();
    if filled {
        crossings.try_reserve_exact(corners.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
    } else {
        for corner in &mut corners {
            *corner = (x.saturating_add(corner.0), y.saturating_add(corner.1));
        }
    }
    let drawn = draw(heap, all[0], |canvas| match filled {
        true => shapes::filled_polygon(canvas, &corners, (x, y), color, &mut crossings),
        false => shapes::polygon(canvas, &corners, color),
    })?;
    Ok(drawn.into())
}

/// The pairs of numbers in a buffer; an odd one at the end is left out.
fn corners(heap: &mut Heap, value: Value) -> Result<Vec<(i64, i64)>, Raised> {
    let bytes = arguments::buffer(heap, value)?;
    let part = heap.native_part(value);
    let items = match heap.slot_of(part) {
        Some(Slot::MemoryView(view)) => ItemType { code: view.typecode, size: view.item_size },
        Some(Slot::Object(object)) => object.buffer_item(),
        _ => ItemType::BYTE,
    };
    let count = bytes.len() / usize::from(items.size.max(1)) / 2;
    let mut corners = Vec::new();
    corners.try_reserve_exact(count).map_err(|_| Raised::OUT_OF_MEMORY)?;
    for number in 0..count {
        let mut pair = [0; 2];
        for (side, place) in pair.iter_mut().enumerate() {
            if let Some(item) = items.load(&bytes, 2 * number + side) {
                let item = item.value(heap)?;
                *place = arguments::integer(heap, item)?;
            }
        }
        corners.push((pair[0], pair[1]));
    }
    Ok(corners)
}

/// A picture as `blit` takes it: a `FrameBuffer`, or what one would be made of.
fn picture(heap: &mut Heap, value: Value) -> Result<Picture, Raised> {
    let part = heap.native_part(value);
    if let Some(picture) = heap.as_native::<FrameBuffer>(part) {
        return Ok(Picture { window: picture.window, geometry: picture.geometry });
    }
    let parts = arguments::sequence(heap, value)?;
    if !matches!(parts.len(), 4 | 5) {
        return Err(heap.raise_bare(TypeId::ValueError));
    }
    described(heap, &parts)
}

/// The bytes of a picture, copied.
fn copied(heap: &Heap, picture: Picture) -> Result<Vec<u8>, Raised> {
    let bytes = heap.as_bytes(picture.window.base).unwrap_or(&[]);
    let start = picture.window.start.min(bytes.len());
    let end = start.saturating_add(picture.window.length).min(bytes.len());
    Ok(try_copy(&bytes[start..end])?)
}

/// `blit(picture, x, y, key=-1, palette=None)`
fn blit(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let source = picture(heap, given[1])?;
    let [x, y] = numbers(heap, &given[1..])?;
    let key = match given.get(4) {
        Some(&key) => arguments::integer(heap, key)? as u32,
        None => u32::MAX,
    };
    let palette = match given.get(5) {
        Some(&palette) if !palette.is_none() => Some(picture(heap, palette)?),
        _ => None,
    };
    let palette = match palette {
        Some(palette) => Some((palette.geometry, copied(heap, palette)?)),
        None => None,
    };
    let Some(target) = heap.as_native::<FrameBuffer>(given[0]) else { return Ok(Value::NONE) };
    let (window, geometry) = (target.window, target.geometry);
    let visible =
        |at: i64, length: usize, limit: usize| at.max(0)..at.saturating_add(length as i64).min(limit as i64);
    let columns = visible(x, source.geometry.width, geometry.width);
    let rows = visible(y, source.geometry.height, geometry.height);
    // Where both are in the same bytes, pixels just drawn are read again, as upstream does.
    let shared = source.window.base == window.base;
    let bytes = if shared { Vec::new() } else { copied(heap, source)? };
    let Some(whole) = heap.as_bytes_mut(window.base) else { return Ok(Value::NONE) };
    for row in rows {
        for column in columns.clone() {
            let from = if shared { whole.get(source.window.start..).unwrap_or(&[]) } else { &bytes };
            let color = source.geometry.get(from, (column - x) as usize, (row - y) as usize);
            let color = match &palette {
                Some((geometry, bytes)) => geometry.get(bytes, color as usize, 0),
                None => color,
            };
            if color != key
                && let Some(pixels) = whole.get_mut(window.start..)
            {
                geometry.set(pixels, column as usize, row as usize, color);
            }
        }
    }
    Ok(Value::NONE)
}

/// `scroll(x, y)`: what is not drawn over keeps its old colours.
fn scroll(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let [by_x, by_y] = numbers(heap, given)?;
    draw(heap, given[0], |canvas| {
        let geometry = canvas.geometry;
        let (width, height) = (geometry.width as i64, geometry.height as i64);
        if by_x.unsigned_abs() >= width as u64 || by_y.unsigned_abs() >= height as u64 {
            return;
        }
        // From the side that the picture moves to, so that nothing is read after it was drawn over.
        let order = |count: i64, by: i64, number: i64| if by < 0 { number } else { count - 1 - number };
        for row in 0..height - by_y.abs() {
            let y = order(height, by_y, row);
            for column in 0..width - by_x.abs() {
                let x = order(width, by_x, column);
                let color = geometry.get(canvas.bytes, (x - by_x) as usize, (y - by_y) as usize);
                geometry.set(canvas.bytes, x as usize, y as usize, color);
            }
        }
    })
}

/// `text(text, x, y, color=1)`
fn text(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let text = arguments::text(heap, given[1])?;
    let [x, y] = numbers(heap, &given[1..])?;
    let color = match given.get(4) {
        Some(&color) => arguments::integer(heap, color)? as u32,
        None => 1,
    };
    draw(heap, given[0], |canvas| {
        let mut left = x;
        // Characters are bytes here, and a zero byte ends the text, as upstream has it.
        for byte in text.bytes().take_while(|&byte| byte != 0) {
            draw_letter(canvas, font::glyph(byte), (left, y), color);
            left = left.saturating_add(font::SIZE as i64);
        }
    })
}

fn draw_letter(canvas: &mut Canvas<'_>, glyph: &[u8; font::SIZE], at: (i64, i64), color: u32) {
    for (y, row) in (0..).zip(glyph) {
        for x in (0..font::SIZE as i64).filter(|x| row >> x & 1 != 0) {
            canvas.set(at.0.saturating_add(x), at.1.saturating_add(y), color);
        }
    }
}

/// `FrameBuffer`
static TYPE: TypeDef = TypeDef {
    members: &[
        plain("fill", 2, 2, fill),
        plain("fill_rect", 6, 6, fill_rect),
        plain("pixel", 3, 4, pixel),
        plain("hline", 5, 5, horizontal_line),
        plain("vline", 5, 5, vertical_line),
        full("rect", 6, 7, rectangle),
        plain("line", 6, 6, line),
        full("ellipse", 6, 8, ellipse),
        full("poly", 5, 6, polygon),
        plain("blit", 4, 6, blit),
        plain("scroll", 3, 3, scroll),
        plain("text", 4, 5, text),
    ],
    construct: plain_constructor("FrameBuffer", 4, 5, construct),
    base_for_classes: true,
    ..TypeDef::named("FrameBuffer")
};
