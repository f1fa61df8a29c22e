# First byte: how the rest is taken (bytes or text). Second: the length of the pattern. Third: a place in the subject.
# Then the pattern and the subject.
import re

data = open("input", "rb").read() + bytes(3)
as_bytes, length, place, rest = data[0] & 1, data[1], data[2], data[3:-3]
pattern, subject = rest[:length], rest[length:]


def as_text(data):
    try:
        return str(data, "utf-8")
    except UnicodeError:
        return "".join(map(chr, data))


if not as_bytes:
    pattern, subject = as_text(pattern), as_text(subject)


def attempt(work, *arguments):
    # RuntimeError: a loop that matches nothing. NotImplementedError: splitting where there are groups.
    try:
        return work(*arguments)
    except (RuntimeError, NotImplementedError) as error:
        return error


def check(found):
    # What a match says of itself.
    begin, end = found.span()
    assert 0 <= begin <= end <= len(subject)
    assert found.group(0) == subject[begin:end]
    groups = found.groups()
    for number, group in enumerate(groups, 1):
        begin, end = found.span(number)
        assert found.start(number) == begin and found.end(number) == end
        assert found.group(number) == group
        assert group == (None if begin < 0 else subject[begin:end])
    try:
        found.group(len(groups) + 1)
        assert False
    except IndexError:
        pass


def everything(found):
    return [found.span(number) for number in range(len(found.groups()) + 1)]


def is_match(found):
    return not (found is None or isinstance(found, Exception))


try:
    compiled = re.compile(pattern)
except ValueError:
    compiled = None

if compiled:
    here, anywhere = attempt(compiled.match, subject), attempt(compiled.search, subject)
    for found in (here, anywhere):
        if is_match(found):
            check(found)
    if is_match(here):
        assert everything(here) == everything(anywhere)
    # A search gives the first place at which the pattern matches, and what it matches there.
    if not isinstance(anywhere, Exception):
        first = anywhere.start() if anywhere else len(subject) + 1
        for begin in range(min(first, 12)):
            assert not is_match(attempt(compiled.match, subject, begin))
        if anywhere:
            found = attempt(compiled.match, subject, first)
            assert isinstance(found, Exception) or everything(found) == everything(anywhere)
    # From a place on, and up to another.
    begin = min(place & 15, len(subject))
    found = attempt(compiled.search, subject, begin)
    if is_match(found):
        check(found)
        assert found.start() >= begin
    found = attempt(compiled.search, subject, begin, begin + (place >> 4))
    if is_match(found):
        assert begin <= found.start() <= found.end() <= begin + (place >> 4)

    # Replacing each match by itself changes nothing; what a function gives is a template too, as upstream has it.
    count = 0
    slash = b"\\" if as_bytes else "\\"

    def same(found):
        global count
        count += 1
        return found.group(0).replace(slash, slash + slash)

    replaced = attempt(compiled.sub, same, subject)
    if not isinstance(replaced, Exception):
        assert replaced == subject
        assert compiled.sub(slash + (b"g<0>" if as_bytes else "g<0>"), subject) == subject
        empty = subject[:0]
        shorter = compiled.sub(empty, subject)
        assert len(shorter) <= len(subject)
        parts = attempt(compiled.split, subject)
        if not isinstance(parts, Exception):
            assert len(parts) == count + 1
            assert empty.join(parts) == shorter
            assert len(compiled.split(subject, 1)) == min(count, 1) + 1
        try:
            # The subject as what replaces.
            compiled.sub(subject, subject, 3)
        except IndexError:
            pass
