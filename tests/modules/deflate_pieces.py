# Compressed data read in pieces of any size; what follows it in the stream beneath is left there.
import deflate
import io

packed = io.BytesIO()
with deflate.DeflateIO(packed, deflate.ZLIB, 15) as stream:
    for number in range(500):
        stream.write(b"line %d of the text\n" % number)
whole = io.BytesIO(packed.getvalue() + b"behind")


def pieces(read):
    whole.seek(0)
    stream = deflate.DeflateIO(whole, deflate.ZLIB)
    text = b""
    count = 0
    while True:
        piece = read(stream)
        if not piece:
            break
        text += piece
        count += 1
    print(len(text), count, text[-9:], whole.read())


pieces(lambda stream: stream.read(1))
pieces(lambda stream: stream.read(7))
pieces(lambda stream: stream.read(5000))
pieces(lambda stream: stream.read())
pieces(lambda stream: stream.readline())
pieces(lambda stream: stream.readline(4))

buffer = bytearray(300)
stream = deflate.DeflateIO(io.BytesIO(packed.getvalue()))
print(stream.readinto(buffer), bytes(buffer[-9:]))

for text in (packed.getvalue()[:-1], packed.getvalue()[:100], b""):
    stream = deflate.DeflateIO(io.BytesIO(text), deflate.ZLIB)
    try:
        while stream.read(64):
            pass
    except EOFError:
        print("ends too soon")
