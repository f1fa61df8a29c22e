# A file compressed, piece by piece, with the largest window.
import io
import sys
from measure import ticks_us, report_ms

PIECE = 4096

try:
    from deflate import DeflateIO, ZLIB

    def compress(file, out):
        with DeflateIO(out, ZLIB, 15) as stream:
            while True:
                piece = file.read(PIECE)
                if not piece:
                    return
                stream.write(piece)

except ImportError:  # CPython
    import zlib

    def compress(file, out):
        compressor = zlib.compressobj()
        while True:
            piece = file.read(PIECE)
            if not piece:
                break
            out.write(compressor.compress(piece))
        out.write(compressor.flush())


out = io.BytesIO()
start = ticks_us()
with open(sys.argv[1], "rb") as file:
    compress(file, out)
report_ms("compress", start)
assert len(out.getvalue()) > 0
