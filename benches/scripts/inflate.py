# A compressed file read to its end, piece by piece.
import sys
from measure import ticks_us, report_ms

PIECE = 4096

try:
    from deflate import DeflateIO, ZLIB

    def pieces(file):
        stream = DeflateIO(file, ZLIB)
        while True:
            piece = stream.read(PIECE)
            if not piece:
                return
            yield piece

except ImportError:  # CPython
    import zlib

    def pieces(file):
        decompressor = zlib.decompressobj()
        while not decompressor.eof:
            packed = decompressor.unconsumed_tail or file.read(PIECE)
            yield decompressor.decompress(packed, PIECE)


start = ticks_us()
end = b""
with open(sys.argv[1], "rb") as file:
    for piece in pieces(file):
        end = end[-PIECE:] + piece
report_ms("inflate", start)
assert end.endswith(b"terminated code=0\n")
