# framebuf: every format, clipping, and coordinates beyond everything.
import framebuf
from array import array

formats = (
    framebuf.MONO_VLSB,
    framebuf.RGB565,
    framebuf.GS4_HMSB,
    framebuf.MONO_HLSB,
    framebuf.MONO_HMSB,
    framebuf.GS2_HMSB,
    framebuf.GS8,
)
huge = 1 << 62


def show(fb, w, h):
    for y in range(h):
        print("".join("#" if fb.pixel(x, y) else "." for x in range(w)))


for form in formats:
    buf = bytearray(2 * 12 * 16)
    fb = framebuf.FrameBuffer(buf, 10, 9, form, 12)
    fb.rect(1, 1, 8, 7, 0xFFFF)
    fb.line(0, 8, 9, 0, 1)
    fb.pixel(4, 4, 0x1F3)
    print(form, fb.pixel(4, 4), sum(buf))
    for action in (
        lambda: fb.line(-huge, -huge, huge, huge, 0),
        lambda: fb.line(5, -huge, 5, huge, 1),
        lambda: fb.line(huge, 3, -huge, 4, 1),
        lambda: fb.fill_rect(-huge, -huge, huge, huge, 1),
        lambda: fb.rect(-huge, -huge, -huge, huge, 1),
        lambda: fb.hline(-5, 2, huge, 0),
        lambda: fb.vline(2, -5, huge, 1),
        lambda: fb.scroll(huge, 1),
        lambda: fb.scroll(-3, 2),
        lambda: fb.scroll(2, -1),
        lambda: fb.text("gp", -huge, huge),
        lambda: fb.text("Ab\xff", -3, 2, 1),
        lambda: fb.blit(fb, 2, 1),
        lambda: fb.blit(fb, -huge, huge),
        lambda: fb.ellipse(4, 4, 1000, 3, 1),
        lambda: fb.ellipse(4, 4, 3, 2, 0, True, 5),
        lambda: fb.ellipse(0, 0, -3, -2, 1),
        lambda: fb.poly(huge, -huge, array("h", [0, 0, 5, 5, 0, 5]), 1, True),
        lambda: fb.poly(1, 1, array("q", [-huge, 0, huge, 4, 0, 7]), 1, True),
    ):
        action()
    print(fb.pixel(20, 20), len(bytes(fb)) == len(buf))

fb = framebuf.FrameBuffer(bytearray(64), 22, 16, framebuf.MONO_HLSB)
fb.ellipse(6, 6, 5, 4, 1)
fb.ellipse(6, 6, 2, 2, 1, True, 3)
fb.poly(12, 1, array("b", [0, 0, 8, 3, 4, 12, 1, 6]), 1, True)
fb.poly(12, 1, array("b", [0, 14, 8, 10]), 1)
show(fb, 22, 16)
palette = framebuf.FrameBuffer(bytearray(4), 2, 1, framebuf.RGB565)
palette.pixel(0, 0, 5)
palette.pixel(1, 0, 7)
target = framebuf.FrameBuffer(bytearray(2 * 22 * 16), 22, 16, framebuf.RGB565)
target.blit(fb, 1, 0, 5, palette)
print(target.pixel(7, 2), target.pixel(0, 0), target.pixel(13, 1))
target.blit((b"\xf0\x00", 4, 2, framebuf.MONO_HMSB), 0, 0)
print(target.pixel(0, 0), target.pixel(0, 1))


def attempt(function):
    try:
        print(function())
    except Exception as er:
        print(type(er).__name__, er)


attempt(lambda: framebuf.FrameBuffer(bytearray(1), 9, 1, framebuf.MONO_HLSB))
attempt(lambda: framebuf.FrameBuffer(bytearray(9), 0, 1, framebuf.GS8))
attempt(lambda: framebuf.FrameBuffer(bytearray(9), 3, 3, 7))
attempt(lambda: framebuf.FrameBuffer(bytearray(9), 3, 3, framebuf.GS8, 2))
attempt(lambda: framebuf.FrameBuffer(bytearray(9), 65535, 65535, framebuf.RGB565, 65535))
attempt(lambda: framebuf.FrameBuffer(b"123", 1, 1, framebuf.GS8))
attempt(lambda: framebuf.FrameBuffer(5, 1, 1, framebuf.GS8))
attempt(lambda: fb.ellipse(0, 0, huge, 1, 1))
attempt(lambda: fb.poly(0, 0, [1, 2], 1))
attempt(lambda: fb.blit((b"1", 1, 1), 0, 0))
attempt(lambda: fb.pixel("x", 1))

# A buffer that shrinks leaves less to draw on.
buf = bytearray(100)
fb = framebuf.FrameBuffer(buf, 10, 10, framebuf.GS8)
del buf[50:]
fb.fill(3)
print(fb.pixel(0, 0), fb.pixel(0, 9), sum(buf))
