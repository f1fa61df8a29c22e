# board: none
# micropython, gc and errno.
import errno
import gc
import micropython

micropython.heap_lock()
try:
    [1, 2, 3].append([])
    print("not locked")
except MemoryError:
    locked = micropython.heap_locked()
for n in range(2):
    inside = n
left = micropython.heap_unlock()
print(locked, inside, left, micropython.heap_locked())
print(micropython.opt_level(), micropython.stack_use() > 0, micropython.const(5))
queued = []
for n in range(4):
    micropython.schedule(queued.append, n)
print(queued)


def overfill(_):
    # What is scheduled by a callback waits until it has returned.
    try:
        for more in range(10):
            micropython.schedule(queued.append, more)
    except RuntimeError as error:
        print(error)


micropython.schedule(overfill, None)
for n in range(10):
    pass
print(queued)
try:
    micropython.schedule(micropython.kbd_intr, None)
    for n in range(10):
        pass
    print("not interrupted")
except KeyboardInterrupt:
    print("KeyboardInterrupt")
ring = micropython.RingIO(4)
print(ring.any(), ring.write(b"abcdef"), ring.any(), ring.read(3), ring.write(b"x\nyz"), ring.readline(), ring.read(), ring.read())
gc.threshold(1000)
print(gc.threshold(), gc.threshold(-1), gc.threshold())
before = micropython.mem_total()
kept = [0] * 1000
print(micropython.mem_total() - before >= 4000, micropython.mem_peak() >= 4000)
print(errno.ENOENT, errno.errorcode[errno.EIO], str(OSError(2)), str(OSError(5, "details")))
