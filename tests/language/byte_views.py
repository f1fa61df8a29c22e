# bytearrays and memoryviews: changing bytes in place and looking at parts of them.


def attempt(name, action):
    try:
        print(name, "->", action())
    except Exception as error:
        print(name, "!!", type(error).__name__, error)


buffer = bytearray(b"lighthouse")
view = memoryview(buffer)
part = view[5:]
print(len(view), view[0], view[-1], bytes(part), view.itemsize, part.hex(), part.hex("-"))
view[0] = 76
part[0:5] = b"HOUSE"
print(buffer, bytes(view[2:4]), bytes(part[1:][1:]), list(view[:3]))
view[0:3] = memoryview(b"sig")
print(buffer)
print(view == buffer, part == b"HOUSE", view[1:3] == memoryview(b"ig"), b"sig" == view[:3])
print(bytes(view[4:2]), bytes(view[-3:]), bytes(memoryview(view)[0:1]))


def store(target, index, value):
    target[index] = value
    return target


class Slices:
    def __getitem__(self, index):
        return index


at = Slices()
attempt("long", lambda: store(view, at[0:2], b"abc"))
attempt("list", lambda: store(view, at[0:2], [1, 2]))
attempt("text", lambda: store(view, 0, "a"))
attempt("float", lambda: store(view, 0, 1.5))
attempt("outside", lambda: store(view, 10, 1))
attempt("read-only", lambda: store(memoryview(b"abc"), 0, 1))
attempt("read-only slice", lambda: store(memoryview(b"abc"), at[0:1], b"x"))
attempt("step", lambda: view[::2])
attempt("type", lambda: view["a"])
attempt("beyond", lambda: view[10])
attempt("wraps", lambda: bytes(store(view, 0, 256 + 65)[:1]))

line = bytearray(b"abc")
line.append(100)
line.append(256 + 101)
line.extend(b"fg")
line.extend([104, 105])
line.extend(number for number in (106, 107))
line += b"l"
line += [109]
print(line, len(line), 97 in b"abc", b"fg" in line, line.find(b"k"), line.count(b"a"))
line[0:2] = b"--long--"
print(line)
line[8:] = bytearray(b"")
print(line, line[2:6], line[0], line[-1])
line[1] = -1
print(line)
attempt("store text", lambda: store(line, 0, "a"))
attempt("store list", lambda: store(line, at[0:1], [1]))
attempt("append text", lambda: line.append("a"))
attempt("append to bytes", lambda: b"a".append(1))
attempt("extend number", lambda: line.extend(5))
same = bytearray(b"ab")
same += same
print(same, same.upper(), same.decode(), same.hex(), bytearray.fromhex("00 ff"), bytes.fromhex("6162"))
print(bytearray(b"a b").split(), bytearray(b"aXb").partition(b"X"), bytearray(b" a ").strip(), b"%d-%s" % (5, b"x"))
print(b"abc" < b"abd", bytearray(b"b") > b"a", b"a" == bytearray(b"a"), b"a" + bytearray(b"b"), bytearray(b"a") + b"b")
print(b"abc"[1], b"abc"[1:], b"abc"[-2:-1], b"ab" * 3, 2 * b"xy", b"" or "empty", hash(b"a") == hash(b"a"))
