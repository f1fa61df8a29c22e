# A hash over many megabytes.
import hashlib
import sys
from measure import ticks_us, report_ms

MEGABYTES = int(sys.argv[1])

piece = b"0123456789abcdef" * 4096
start = ticks_us()
hash = hashlib.sha256()
for _ in range(16 * MEGABYTES):
    hash.update(piece)
digest = hash.digest()
report_ms("sha256", start)
assert len(digest) == 32
