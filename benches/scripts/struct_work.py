# What a protocol does: a packet of a few fields packed or unpacked, again and again.
import struct
import sys
from measure import ticks_us, report_ns

WHAT = sys.argv[1]
COUNT = int(sys.argv[2])


def pack(count):
    for number in range(count):
        packet = struct.pack("<BBHIhf", 1, 2, number & 0xFFFF, number, -5, 0.5)
    return packet


def unpack(count):
    packet = struct.pack("<BBHIhf", 1, 2, 3, 4, -5, 0.5)
    total = 0
    for _ in range(count):
        kind, flags, sequence, time, level, value = struct.unpack("<BBHIhf", packet)
        total += sequence
    return total


work = {"pack": pack, "unpack": unpack}[WHAT]
start = ticks_us()
work(COUNT)
report_ns("struct_" + WHAT, start, COUNT)
