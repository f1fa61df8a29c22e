# io.StringIO and io.BytesIO.
import io

s = io.StringIO()
print(s.write("hello "), s.write("world"), s.getvalue())
s.seek(0)
print(s.read(5), s.read(), repr(s.read()))
s = io.StringIO("one\ntwo\nthree")
print(repr(s.readline()), [line for line in s])
s = io.StringIO("abc")
s.read(1)
s.write("X")
print(s.getvalue())
print("to a file", 1, file=s)
print(repr(s.getvalue()))
with io.StringIO() as t:
    t.write("inside")
    print(t.getvalue())
b = io.BytesIO(b"\x01\x02\x03")
print(b.read(1), b.read(), b.getvalue(), b.read())
b = io.BytesIO()
b.write(b"abc")
b.write(bytearray(b"de"))
print(b.getvalue(), b.seek(1), b.read(2), b.tell())
s = io.StringIO()
s.close()
try:
    s.read()
except ValueError as error:
    print("ValueError:", error)


class Partial(io.IOBase):
    """Says what it was given, and that it took one byte, or whatever it is told to say."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def write(self, data):
        print("  ", bytes(data))
        return self.answers.pop(0) if self.answers else 1

    def ioctl(self, request, argument):
        return -1


print("ab", file=Partial())
print("ab", "cd", file=Partial(None, 0, 2))
for answer in (3, -5, -1 << 70, "x"):
    try:
        print("ab", file=Partial(answer))
    except Exception as error:
        print(repr(error))
