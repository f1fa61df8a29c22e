# All bytes are a document.
import io
import json

document = open("input", "rb").read()


class OneByOne(io.IOBase):
    def __init__(self, data):
        self.data = data
        self.at = 0

    def readinto(self, buffer):
        count = min(1, len(self.data) - self.at, len(buffer))
        buffer[:count] = self.data[self.at : self.at + count]
        self.at += count
        return count


class Taker(io.IOBase):
    def __init__(self):
        self.taken = bytearray()

    def write(self, data):
        count = min(len(data), 100)
        self.taken.extend(bytes(data)[:count])
        return count


def outcome(work, argument):
    # TypeError: keys that have no hash.
    try:
        return json.dumps(work(argument))
    except (ValueError, TypeError) as error:
        return type(error)


def is_plain(value):
    # Whether JSON can say it: no infinities, and keys that are strings.
    rest = [value]
    while rest:
        value = rest.pop()
        if isinstance(value, list):
            rest.extend(value)
        elif isinstance(value, dict):
            if not all(isinstance(key, str) for key in value):
                return False
            rest.extend(value.values())
        elif isinstance(value, float) and value - value != 0:
            return False
    return True


# Wherever a document comes from, the same is made of it.
first = outcome(json.loads, document)
assert outcome(json.load, io.BytesIO(document)) == first, "from memory"
if len(document) <= 500:
    assert outcome(json.load, OneByOne(document)) == first, "byte by byte"
assert outcome(json.loads, bytearray(document)) == first, "from a bytearray"
try:
    text = str(document, "utf-8")
except UnicodeError:
    text = None
if text is not None:
    assert outcome(json.loads, text) == first, "from a string"
    assert outcome(json.load, io.StringIO(text)) == first, "from text in memory"

if isinstance(first, str):
    value = json.loads(document)
    taker = Taker()
    json.dump(value, taker)
    assert bytes(taker.taken) == first.encode(), "written to a stream"
    narrow = json.dumps(value, separators=(",", ":"))
    assert len(narrow) <= len(first)
    if is_plain(value):
        again = json.loads(first)
        assert json.dumps(again) == first, "there and back"
        assert json.dumps(json.loads(narrow)) == first, "there and back without spaces"
        try:
            assert again == value, "the same value"
        except RuntimeError:
            # Too deep to be compared.
            pass
