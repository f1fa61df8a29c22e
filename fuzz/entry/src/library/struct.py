# First byte: the length of the format. Second: an offset. Then the format and bytes to be unpacked.
import struct

data = open("input", "rb").read() + bytes(2)
length, offset, rest = data[0], data[1], data[2:-2]
form, rest = "".join(map(chr, rest[:length])), rest[length:]
offset = offset - 256 if offset > 127 else offset
# What holds for values does not hold for addresses.
is_plain = not any(code in form for code in "OSP")
LONGEST = 5000


def attempt(work, *arguments):
    try:
        return work(*arguments)
    except (ValueError, TypeError, OverflowError, NotImplementedError) as error:
        return error
    except MemoryError as error:
        # A format for more bytes than there are.
        assert isinstance(size, MemoryError) or size > LONGEST
        return error


size = LONGEST + 1
size = attempt(struct.calcsize, form)
if isinstance(size, Exception):
    assert isinstance(attempt(struct.pack, form), Exception)
    assert isinstance(attempt(struct.unpack, form, rest), Exception)
else:
    assert size >= 0
    values = attempt(struct.unpack_from, form, rest, offset)
    begin = offset + len(rest) if offset < 0 else offset
    fits = 0 <= begin <= len(rest) and size <= len(rest) - begin
    if is_plain:
        assert isinstance(values, tuple) == fits
    if isinstance(values, tuple) and is_plain:
        assert repr(struct.unpack(form, rest[begin : begin + size])) == repr(values)
        packed = struct.pack(form, *values)
        assert len(packed) == size
        assert repr(struct.unpack(form, packed)) == repr(values), "there and back"
        # The same, into the middle of something.
        target = bytearray(b"\xa5" * (size + 10))
        struct.pack_into(form, target, 5, *values)
        assert target[:5] == target[-5:] == b"\xa5" * 5
        assert target[5:-5] == packed
        struct.pack_into(form, target, -size - 5, *values)
        assert target[:5] == target[-5:] == b"\xa5" * 5
        assert len(struct.pack(form, *values[:-1])) == size

    # Values of all kinds, some of which make no sense.
    kinds = (
        lambda number: number - 128,
        lambda number: number << number % 80,
        lambda number: -number << number % 80,
        lambda number: number / 7,
        lambda number: float("nan") if number & 1 else float("-inf"),
        lambda number: rest[:number],
        lambda number: chr(number) * 3,
        lambda number: number & 1 == 0,
        lambda number: bytearray(number),
        lambda number: None if number & 1 else [number],
    )
    values = [kinds[number % len(kinds)](number) for number in rest[:200]]
    packed = attempt(struct.pack, form, *values)
    assert isinstance(packed, Exception) or len(packed) == size
    target = bytearray(64)
    written = attempt(struct.pack_into, form, target, offset, *values)
    assert len(target) == 64
    if isinstance(written, Exception):
        assert target == bytearray(64)
    elif is_plain:
        begin = offset + 64 if offset < 0 else offset
        assert not any(target[:begin]) and not any(target[begin + size :])
        assert bytes(target[begin : begin + size]) == packed
