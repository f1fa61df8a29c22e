# Files that cannot be used as asked.
import os
import sys

NAME = "/tmp/wigwag-file-errors-test"


def attempt(what, function, *arguments):
    try:
        print(what, "gives", repr(function(*arguments)))
    except Exception as error:
        print(what, "raises", repr(error))


with open(NAME, "wb") as file:
    file.write(b"abc\xff\xfe\nok\n\xc3")

for method in ("read", "readline", "readlines", "tell", "flush", "fileno"):
    attempt("closed " + method, getattr(file, method))
attempt("closed next", next, file)
attempt("closed write", file.write, b"x")
attempt("closed readinto", file.readinto, bytearray(1))
attempt("closed seek", file.seek, 0)
attempt("closed close", file.close)
print(file)

file = open(NAME)
attempt("not text", file.read)
file.seek(0)
attempt("not text", file.readline)
attempt("text", file.readline)
attempt("half a character", file.readline)
file.seek(0)
attempt("not text", file.readlines)
file.seek(-1, 2)
attempt("half a character", file.read, 1)
file.seek(0)
attempt("text", file.read, 3)
attempt("seek before the start", file.seek, -1)
attempt("seek before the start", file.seek, -100, 2)
attempt("seek from nowhere", file.seek, 0, 7)
attempt("seek a text", file.seek, "0")
attempt("read a text", file.read, "1")
attempt("read 1.5", file.read, 1.5)
attempt("readinto text", file.readinto, "abc")
attempt("readinto bytes", file.readinto, b"abc")
attempt("write to one for reading", file.write, "x")
file.seek(6)
attempt("a huge size", file.read, 4)
attempt("a huge size", lambda: open(NAME, "rb").read(1 << 60))
attempt("a huge line", lambda: open(NAME, "rb").readline(1 << 60))
attempt("a negative size", lambda: open(NAME, "rb").read(-7))
attempt("write nothing", lambda: open(NAME, "w").write(None))

attempt("missing", open, NAME + "/x")
attempt("a directory", lambda: open("/tmp").read())
attempt("a directory for writing", open, "/tmp", "w")
attempt("nothing", open)
attempt("None", open, None)
attempt("a float", open, 1.5)
attempt("mode 3", open, NAME, 3)
attempt("an unknown keyword", lambda: open(NAME, foo=1))
attempt("no descriptor", open, -1)
attempt("no descriptor", open, 987654)
attempt("a NUL", open, "a\0b")
attempt("a long name", open, "x" * 5000)
attempt("a full disk", lambda: open("/dev/full", "w").write("x"))
attempt("no end", lambda: len(open("/dev/zero", "rb").read(100000)))
attempt("stdout has no place", sys.stdin.seek, 0)
attempt("no buffer", lambda: open(NAME).buffer)
os.remove(NAME)
