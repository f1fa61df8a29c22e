# The first 64 bytes are memory; the rest are choices: descriptors and what is done with them.
import gc
import struct
import uctypes

given = open("input", "rb").read()
memory = bytearray(given[:64])
choices = given[64:]
at = 0


def choose(count):
    # The next choice; what comes behind the last one is 0.
    global at
    at += 1
    return choices[at - 1] % count if at <= len(choices) else 0


INTEGERS = ("UINT8", "INT8", "UINT16", "INT16", "UINT32", "INT32", "UINT64", "INT64")
CODES = {getattr(uctypes, name): code for name, code in zip(INTEGERS, "BbHhIiQq")}
CODES[uctypes.FLOAT32] = "f"
CODES[uctypes.FLOAT64] = "d"
TYPES = sorted(CODES)
BIT_FIELDS = [uctypes.BFUINT8, uctypes.BFINT8, uctypes.BFUINT16, uctypes.BFINT16, uctypes.BFUINT32, uctypes.BFINT32]
ORDERS = (uctypes.LITTLE_ENDIAN, uctypes.BIG_ENDIAN, uctypes.NATIVE)
made = [{}]


def number():
    # A small number, or one of any size.
    if choose(4):
        return choose(70)
    return choose(256) << choose(72)


def descriptor(depth):
    kind = choose(10)
    if kind < 3:
        return number() | TYPES[choose(len(TYPES))]
    if kind == 3:
        place = choose(32) << uctypes.BF_POS | choose(32) << uctypes.BF_LEN
        return number() | BIT_FIELDS[choose(len(BIT_FIELDS))] | place
    if kind == 4:
        # Maybe one that is not complete, or contains itself.
        return made[choose(len(made))]
    if kind == 5:
        return (None, "x", (), (1,), 1.5, (number(), number(), number()), [1])[choose(7)]
    if depth > 5:
        return number()
    if kind == 6:
        return number() | uctypes.ARRAY, number() | TYPES[choose(len(TYPES))]
    if kind == 7:
        return number() | uctypes.ARRAY, number(), fields(depth + 1)
    if kind == 8:
        return number() | uctypes.PTR, descriptor(depth + 1)
    return number(), fields(depth + 1)


def fields(depth):
    result = {}
    made.append(result)
    for name in "abcd"[: choose(5)]:
        result[name] = descriptor(depth)
    return result


# What may be raised for descriptors, addresses and values that make no sense.
# RuntimeError: descriptors that lie in each other too deep, and NotImplementedError, which derives from it.
EXPECTED = (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, RuntimeError)


def attempt(work, *arguments):
    try:
        return work(*arguments)
    except EXPECTED as error:
        return error
    except MemoryError as error:
        # Of more bytes than there are.
        return error


def is_scalar(description):
    return isinstance(description, int) and (description & ~((1 << 27) - 1)) in CODES


def check_scalar(structure, order, name, description):
    # A field is what `struct` finds there, and what is written can be read, and changes nothing else.
    offset = description & ((1 << 27) - 1)
    code = ("<", ">", "@")[order] + CODES[description & ~((1 << 27) - 1)]
    size = struct.calcsize(code)
    if offset + size > len(memory):
        assert isinstance(attempt(getattr, structure, name), ValueError)
        return
    expected = struct.unpack_from(code, memory, offset)[0]
    found = getattr(structure, name)
    assert repr(found) == repr(expected)
    before = bytes(memory)
    setattr(structure, name, 77)
    assert getattr(structure, name) == 77
    setattr(structure, name, found)
    if found == found:
        assert bytes(memory) == before


def use(structure, depth):
    # Anything that can be done with a structure.
    repr(structure)
    attempt(uctypes.sizeof, structure)
    attempt(int, structure)
    attempt(bytes, structure)
    attempt(uctypes.addressof, structure)
    attempt(len, structure)
    attempt(hash, structure)
    value = (0, -1, 1 << 40, 2.5, None, "x", b"ab")[choose(7)]
    for name in "abcde":
        part = attempt(getattr, structure, name)
        if depth < 3 and not isinstance(part, (int, float, Exception)):
            use(part, depth + 1)
        attempt(setattr, structure, name, value)
    for index in (0, choose(20), number(), -1, slice(0, choose(4))):
        part = attempt(lambda: structure[index])
        if depth < 3 and not isinstance(part, (int, float, Exception)):
            use(part, depth + 1)

        def put():
            structure[index] = value

        attempt(put)
    attempt(lambda: [item for item, _ in zip(structure, range(20))])


address = uctypes.addressof(memory)
assert uctypes.bytes_at(address, len(memory)) == memory
assert uctypes.bytearray_at(address, len(memory)) == memory
top = fields(0)
for order in ORDERS:
    structure = uctypes.struct(address, top, order)
    for name, description in top.items():
        if is_scalar(description):
            check_scalar(structure, order, name, description)
use(structure, 0)
assert len(memory) == len(given[:64])

# Descriptors that contain themselves, structures at any address, over things that are gone.
made[choose(len(made))]["d"] = (0, made[choose(len(made))])
made[0]["c"] = (0 | uctypes.ARRAY, 3, made[choose(len(made))])
gone = uctypes.addressof(bytearray(40))
gc.collect()
other = [bytearray(8), b"constant", "text", memoryview(memory)[3:9]]
for place in (address + number(), gone, number(), uctypes.addressof(other[choose(4)]) + choose(9)):
    attempt(lambda: uctypes.bytes_at(place, number()))
    attempt(lambda: use(uctypes.bytearray_at(place, number()), 2))
    attempt(lambda: use(uctypes.struct(place, descriptor(1), ORDERS[choose(3)]), 1))
    attempt(lambda: use(uctypes.struct(place, made[choose(len(made))], number()), 1))
    attempt(lambda: uctypes.sizeof(descriptor(2), number()))
assert other[1:3] == [b"constant", "text"]
