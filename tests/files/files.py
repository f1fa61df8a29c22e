# Reading and writing files in every mode.
import os

NAME = "/tmp/wigwag-files-test.txt"


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return repr(error)


try:
    os.remove(NAME)
except OSError:
    pass
print(attempt(open, NAME))
print(attempt(open, NAME, "r+"))

with open(NAME, "w") as file:
    print(file.write("first\nsecönd\nthird"), file.tell())
    print(attempt(file.read))
print(attempt(file.write, "x"))
print(attempt(open, NAME, "x"))

with open(NAME) as file:
    print(attempt(file.write, "x"))
    print(repr(file.read(3)), file.tell(), repr(file.readline()), repr(file.readline(5)), file.tell())
    print(file.read())
    print(repr(file.read()), repr(file.readline()), file.readlines())
    print(file.seek(0), file.readlines())
    print(file.seek(-5, 2), file.read())
    file.seek(0)
    print([line for line in file])
    file.seek(6)
    print(next(file), file.seek(-2, 1), repr(file.read()))

with open(NAME, "rb") as file:
    print(file.read(3), file.readline(), file.readline(), file.read(100), file.read())
    file.seek(2)
    buffer = bytearray(6)
    print(file.readinto(buffer), buffer, file.readinto(buffer, 2), buffer, file.readinto(memoryview(buffer)[4:]), buffer)

# What was read ahead for a line does not move the place where is written.
with open(NAME, "r+") as file:
    print(repr(file.readline()), file.tell())
    file.write("SEC")
    print(repr(file.readline()), file.tell())
with open(NAME, "a") as file:
    print(file.write("\nfourth\n"))
with open(NAME, "a+b") as file:
    print(file.seek(0), file.readline(), file.write(b"fifth\n"), file.tell())
    file.seek(0)
    print(file.read())
with open(NAME, "w+") as file:
    print(repr(file.read()), file.write("new"), file.seek(0), file.read())
with open(NAME, "wb") as file:
    print(file.write(b"abcdef", 2), file.write(b"abcdef", 3, 2), file.write(memoryview(b"xyz")), file.flush())
print(open(file=NAME, mode="rb").read(), open(NAME, "rt").read(2))
os.remove(NAME)
with open(NAME, "x") as file:
    print(file.write("made"))

# A program forgets files; the collector closes them.
for round in range(3000):
    open(NAME)
print(open(NAME).read())

# Longer than is read ahead at once, and without an end of line.
with open(NAME, "w") as file:
    for number in range(2000):
        file.write("line %d\n" % number)
    file.write("x" * 10000)
with open(NAME) as file:
    lines = file.readlines()
    print(len(lines), lines[1999], len(lines[2000]))
    file.seek(0)
    print(sum(len(line) for line in file))
    file.seek(10)
    print(len(file.read()))
os.remove(NAME)
