# framebuf: what upstream's tests leave open.
import framebuf
from array import array


def show(buffer, width):
    for start in range(0, len(buffer), width):
        print("".join("." if pixel == 0 else "%x" % (pixel & 15) for pixel in buffer[start : start + width]))
    print()


# Numbers far outside cost nothing and draw what is seen of them.
width, height = 12, 6
buffer = bytearray(width * height)
picture = framebuf.FrameBuffer(buffer, width, height, framebuf.GS8)
picture.line(-100, -50, 100, 50, 1)
picture.line(100000, 100000, 3, 3, 2)
picture.line(5, -7, 5, 7, 3)
show(buffer, width)
picture.fill(0)
picture.rect(-3, 2, 8, 100, 4)
picture.fill_rect(8, -5, 100, 7, 5)
picture.hline(-5, 5, 7, 6)
picture.vline(7, 4, 100, 7)
show(buffer, width)

# The pixels of one picture may be part of another's.
picture.fill(0)
part = framebuf.FrameBuffer(memoryview(buffer)[2 * width + 3 :], 4, 3, framebuf.GS8, width)
part.fill(8)
part.pixel(0, 0, 9)
show(buffer, width)
picture.blit(part, 6, 1)
show(buffer, width)
picture.blit(part, -1, -1, 8)
picture.blit((b"\1\2\3\4", 2, 2, framebuf.GS8), 10, 4, 3)
show(buffer, width)

# A picture of a picture, and a view of one.
again = framebuf.FrameBuffer(picture, width, height, framebuf.GS8)
again.fill(0)
again.ellipse(6, 3, 4, 2, 1, True, 0b0101)
again.ellipse(6, 3, 4, 2, 2, False, 0b1010)
print(len(memoryview(again)), bytes(again) == bytes(buffer))
show(buffer, width)
again.ellipse(3, 3, 0, 0, 5)
again.ellipse(3, 3, 0, 0, 5, True, 0)
again.ellipse(2, 2, 0, 2, 6)
show(buffer, width)

# Polygons of any type of number.
picture.fill(0)
picture.poly(1, 0, array("b", [0, 0, 9, 0, 9, 5, 0, 5]), 1)
picture.poly(3, 1, array("l", [0, 0, 5, 0, 2, 4, 7]), 2, True)
picture.poly(0, 0, b"", 3)
picture.poly(-2, -3, bytes([3, 4, 5, 6]), 4)
show(buffer, width)
try:
    picture.poly(0, 0, array("f", [1, 2, 3, 4]), 1)
except TypeError as error:
    print("TypeError", error)

# Scrolling by more than there is does nothing.
picture.scroll(width, 0)
picture.scroll(0, -height)
picture.scroll(-3, 1)
show(buffer, width)

# Every format keeps what a pixel was set to, as far as it has room for it.
for form in (
    framebuf.MONO_VLSB,
    framebuf.MONO_HLSB,
    framebuf.MONO_HMSB,
    framebuf.GS2_HMSB,
    framebuf.GS4_HMSB,
    framebuf.GS8,
    framebuf.RGB565,
):
    small = framebuf.FrameBuffer(bytearray(64), 5, 5, form)
    small.fill(1)
    small.pixel(2, 3, 0x12345)
    small.fill_rect(0, 0, 2, 2, 2)
    print(form, small.pixel(2, 3), small.pixel(1, 1), small.pixel(4, 4), small.pixel(5, 0), small.pixel(-1, 0))

# Letters are eight by eight, and those that there are not look all the same.
letters = bytearray(24 * 8)
text = framebuf.FrameBuffer(letters, 24, 8, framebuf.GS8)
text.text(" ~\x80", 0, 0)
print(sum(letters[0:8]), any(letters[row * 24 + 16 + column] for row in range(8) for column in range(8)))
text.fill(0)
text.text("h\0h", 0, 0, 2)
show(letters, 24)
text.text("a" * 100, -(1 << 40), 0)
text.text("\xe9", 1 << 62, 1 << 62)

# What is refused.
for arguments in (
    (bytearray(9), 3, 3, 99),
    (bytearray(8), 3, 3, framebuf.GS8),
    (bytearray(9), 0, 3, framebuf.GS8),
    (bytearray(9), 3, 3, framebuf.GS8, 2),
    (bytearray(9), 70000, 1, framebuf.GS8),
    (bytes(9), 3, 3, framebuf.GS8),
    (None, 3, 3, framebuf.GS8),
    (bytearray(9), "3", 3, framebuf.GS8),
    (bytearray(9), 3, 3),
):
    try:
        print(framebuf.FrameBuffer(*arguments))
    except (TypeError, ValueError) as error:
        print(type(error).__name__)

# A buffer that shrinks takes pixels with it, and nothing else happens.
shrinking = bytearray(9)
view = framebuf.FrameBuffer(shrinking, 3, 3, framebuf.GS8)
view.fill(7)
print(view.pixel(2, 2))
