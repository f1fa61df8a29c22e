# What every generated program begins with: printing that does not depend on addresses or on the order of sets, and that
# shows all bits of a float rather than digits, which MicroPython finds in its own way.

from struct import pack

# Types whose repr() is the same wherever the value is.
_plain = (int, complex, str, bytes, bytearray, bool, type(None), range, slice, type(...), type(NotImplemented))


def text(value):
    kind = type(value)
    if kind in _plain:
        return repr(value)
    if kind is float:
        return "nan" if value != value else "float " + pack(">d", value).hex()
    if kind is list:
        return "[" + ", ".join([text(item) for item in value]) + "]"
    if kind is tuple:
        return "(" + ", ".join([text(item) for item in value]) + ",)"
    if kind is dict:
        return "{" + ", ".join([text(key) + ": " + text(value[key]) for key in value]) + "}"
    if kind is set or kind is frozenset:
        return kind.__name__ + "{" + ", ".join(sorted([text(item) for item in value])) + "}"
    # What the runtime itself has to say differs.
    if isinstance(value, BaseException):
        return kind.__name__
    return "<" + kind.__name__ + ">"


def show(*values):
    print(*[text(value) for value in values])


def caught(error):
    print("caught", type(error).__name__)


def attempt(number, item):
    print("\n@", number)
    try:
        item()
    except BaseException as error:
        caught(error)


# A generator that is kept is not finished by CPython as soon as nobody knows it any more.
_kept = []


def keep(value):
    _kept.append(value)
    return value


class Manager:
    def __init__(self, value, swallow):
        self.value = value
        self.swallow = swallow

    def __enter__(self):
        show("enter", self.value)
        return self.value

    def __exit__(self, kind, error, trace):
        show("exit", kind is None)
        return self.swallow
