# What const() and the compiler's hints make of a program.

from micropython import const
import micropython

_PAIR = const((1, "two", b"three", 4.0))
SECOND = _PAIR
print(SECOND is _PAIR, SECOND is (1, "two", b"three", 4.0))
print((0.0, 1) is (0, 1.0), (True,) is (1,))

# Numbers of built-in modules can be used without importing them.
_TURN = const(2.0 * math.pi)
print("%.6f" % _TURN)
_BROKEN_PIPE = const(errno.EIO + 100)
print(_BROKEN_PIPE)

for source in "x = const(math.sqrt)", "x = const(nothing.pi)", "x = const(math.pie)":
    try:
        exec(source)
    except SyntaxError as error:
        print(error)
try:
    math
except NameError as error:
    print(error)


@micropython.native
def fast(n):
    return n * 2


@micropython.bytecode
def plain(n):
    return n * 3


print(fast(21), plain(21), hasattr(fast, "__code__"))

for hint in "viper", "asm_thumb", "anything", "native.more":
    try:
        exec("@micropython." + hint + "\ndef f():\n    pass")
    except SyntaxError as error:
        print(hint, error)
try:
    exec("@micropython\ndef f():\n    pass")
except SyntaxError as error:
    print(error)


def count(*arguments):
    return len(arguments)


for before in 61, 62:
    try:
        print(eval("count(" + "0, " * before + "*range(10), 5)"))
    except SyntaxError as error:
        print(error)

for first, second in (100, 154), (100, 155):
    try:
        exec("import " + "a" * first + "." + "b" * second)
    except (ImportError, RuntimeError) as error:
        print(type(error).__name__)

for length in 255, 256:
    try:
        print(len(("%(" + "k" * length + ")s") % {"k" * length: "value"}))
    except RuntimeError as error:
        print(error)
