# json: what upstream's tests leave open.
import json, io
from collections import namedtuple

Point = namedtuple("Point", "x y")


class Named:
    def __repr__(self):
        return "<named>"


class MyList(list):
    pass


for value in (
    None,
    True,
    [],
    (),
    {},
    [1, (2.5, "x"), {"k": [None]}],
    Named(),
    [Named()],
    MyList([1, "a"]),
    {(1, 2): 3},
    {None: 1},
    b"bytes\n",
    'quote " back \\ \x01\x1f\x7f é \u1234',
    1 << 70,
    -1e100,
    Point(1, "a"),
):
    print(json.dumps(value))

print(json.dumps([1, {"a": 2}], separators=(",", ":")))
for separators in ((",",), 1, ("a", 1)):
    try:
        print(json.dumps([1], separators=separators))
    except (ValueError, TypeError) as er:
        print(type(er).__name__, er)

# Deep, but no deeper than memory allows; a list that is in itself is refused.
deep = []
for i in range(3000):
    deep = [deep]
text = json.dumps(deep)
print(len(text), json.dumps(json.loads(text)) == text)
deep.append(deep)
try:
    json.dumps(deep)
except RuntimeError as er:
    print("RuntimeError", er)

# Malformed texts.
for text in (
    "",
    " ",
    "nul",
    "nulll",
    "]",
    "[1,2",
    "[1]]",
    "{[1]:2}",
    '"a',
    '"\\',
    '"\\u12',
    '"\\u12g4"',
    '"\\ud800"',
    "-",
    "1-2",
    "1e",
    "1.5.2",
    "+1",
    "'a'",
    "\x00",
    '"a\x00"',
    "tru",
    b'"\xff"',
):
    try:
        print(repr(text), json.loads(text))
    except ValueError as er:
        print(repr(text), type(er).__name__, er)

# What upstream lets through.
for text in ("[1 2]", "[1}", '{"a" "b"}', "{1:2,3}", "01", "1\x0b", '"\\x\\/"', "-0", "-0.0", "1e400"):
    print(repr(text), json.loads(text))
print(json.loads('"\\u00e9\\ud83d\\ude00"') == "é😀")

# Streams: in memory, written in Python, as text and as bytes.
class Slow(io.IOBase):
    def __init__(self, data):
        self.data = data
        self.reads = 0

    def readinto(self, buffer):
        n = min(len(buffer), len(self.data))
        buffer[:n] = self.data[:n]
        self.data = self.data[n:]
        self.reads += 1
        return n


document = {"list": [1, 2.5, "three", None], "nested": {"a": {"b": [[]]}}}
text = json.dumps(document)
print(json.load(io.StringIO(text)) == document)
print(json.load(io.BytesIO(text.encode())) == document)
slow = Slow(text.encode())
print(json.load(slow) == document, slow.reads == len(text) + 1)
long = json.dumps(["x" * 10000, list(range(3000))])
print(json.dumps(json.load(io.StringIO(long))) == long)

# What is wrong has been read, what follows it has not.
stream = io.StringIO("[1, !] rest")
try:
    json.load(stream)
except ValueError:
    print(repr(stream.read()))

out = io.StringIO()
json.dump(document, out)
print(out.getvalue() == text)


class Taker(io.IOBase):
    def __init__(self):
        self.taken = b""

    def write(self, data):
        self.taken += bytes(data)[:7]
        return min(7, len(data))


taker = Taker()
json.dump(document, taker)
print(taker.taken.decode() == text)

for bad in (None, 1, [1]):
    for function in (json.load, json.loads, lambda x: json.dump(1, x)):
        try:
            function(bad)
        except (OSError, TypeError) as er:
            print(type(er).__name__, er)


class Failing(io.IOBase):
    def readinto(self, buffer):
        return -5

    def write(self, data):
        return None


for function in (json.load, lambda x: json.dump(1, x)):
    try:
        function(Failing())
    except OSError as er:
        print("OSError", er.errno)
