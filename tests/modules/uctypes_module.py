# uctypes: what lies outside is refused, and what is no descriptor.
# board: none
import uctypes

data = bytearray(range(16))
address = uctypes.addressof(data)
print(uctypes.addressof(memoryview(data)[3:]) - address)
S = uctypes.struct(
    address,
    {
        "a": uctypes.UINT8 | 0,
        "b": uctypes.INT16 | 2,
        "q": uctypes.UINT64 | 8,
        "f": uctypes.FLOAT32 | 4,
        "bits": uctypes.BFUINT16 | 0 | 4 << uctypes.BF_POS | 8 << uctypes.BF_LEN,
        "sub": (4, {"x": uctypes.UINT8 | 1, "far": uctypes.UINT32 | 100}),
        "items": (uctypes.ARRAY | 4, uctypes.UINT16 | 3),
        "pairs": (uctypes.ARRAY | 4, 2, {"l": uctypes.UINT8 | 0, "h": uctypes.UINT8 | 1}),
        "bytes": (uctypes.ARRAY | 12, uctypes.UINT8 | 4),
    },
    uctypes.LITTLE_ENDIAN,
)
print(S.a, S.b, hex(S.q), hex(S.bits), S.sub.x, list(S.items[i] for i in range(3)), S.pairs[1].h)
S.b = -2
S.bits = 0xAB
S.items[1] = 0x1234
S.f = 1.5
S.bytes[0] = 0xFF
print(data, S.f, uctypes.sizeof(S), S.bytes, len(S.bytes))
print(uctypes.bytes_at(address + 1, 3), uctypes.bytearray_at(address, 2))
window = uctypes.bytearray_at(address, 2)
window[1] = 9
print(data[1], type(window), bytes(window), bytes(S)[:2])
data[0] = 77
print(window[0], S.a)


def attempt(function):
    try:
        print(function())
    except Exception as er:
        print(type(er).__name__, er)


recursive = {}
recursive["r"] = (0, recursive)
attempt(lambda: S.nothing)
attempt(lambda: S.sub.far)
attempt(lambda: S.items[3])
attempt(lambda: S.items[-1])
attempt(lambda: S[0])
attempt(lambda: setattr(S, "items", 1))
attempt(lambda: setattr(S, "a", "x"))
attempt(lambda: uctypes.struct(0, {"a": uctypes.UINT8 | 0}).a)
attempt(lambda: uctypes.struct(1 << 62, {"a": uctypes.UINT8 | 0}).a)
attempt(lambda: uctypes.struct(uctypes.addressof(b"ab"), {"a": uctypes.UINT8 | 0}).a)
attempt(lambda: setattr(uctypes.struct(uctypes.addressof(b"ab"), {"a": uctypes.UINT8 | 0}), "a", 1))
attempt(lambda: uctypes.bytes_at(address, 17))
attempt(lambda: uctypes.bytes_at(address, -1))
attempt(lambda: uctypes.addressof(5))
attempt(lambda: uctypes.sizeof(recursive))
attempt(lambda: uctypes.sizeof(5))
attempt(lambda: uctypes.sizeof({"a": "x"}))
attempt(lambda: uctypes.sizeof({"a": ()}))
attempt(lambda: uctypes.sizeof({"a": (uctypes.ARRAY | 0, 0x7FFFFFF, {"b": (uctypes.ARRAY, 0x7FFFFFF)})}) > 1 << 50)
attempt(lambda: uctypes.struct("x", {}))
attempt(lambda: int(S))
pointer = bytearray(address.to_bytes(8, "little"))
P = uctypes.struct(uctypes.addressof(pointer), {"p": (uctypes.PTR | 0, uctypes.UINT8)})
print(P.p[0], int(P.p) == address)
attempt(lambda: P.p[16])
data.extend(b"more")
del data
print(S.a)
