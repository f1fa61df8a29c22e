# The built-in block device in memory: both protocols, a file system on it, and arguments that do not fit.
import vfs
import wigwag


def attempt(what, action):
    try:
        print(what, action())
    except Exception as error:
        print(what, type(error).__name__, error)


device = wigwag.RAMBlockDev(512, 64)
print(device.ioctl(4, 0), device.ioctl(5, 0), device.ioctl(1, 0), device.ioctl(1, 1), device.ioctl(99, 0))

block = bytearray(512)
print(device.readblocks(3, block), block == b"\xff" * 512)
print(device.writeblocks(3, b"abcd" * 128), device.writeblocks(3, b"XY", 510), device.readblocks(3, block))
print(block[:6], block[-6:])
part = bytearray(4)
print(device.readblocks(3, part, 508), part)
print(device.ioctl(6, 3), device.readblocks(3, block), block == b"\xff" * 512)
# An offset may lead beyond its block, not beyond the device.
print(device.writeblocks(0, bytes(range(8)), 508), device.readblocks(1, part, 0), part)

print("outside")
print(device.readblocks(64, block), device.readblocks(-1, block), device.readblocks(63, block))
print(device.readblocks(63, part, 509), device.readblocks(1 << 40, part, 0), device.readblocks(0, part, -1))
print(device.writeblocks(64, block), device.ioctl(6, 64), device.ioctl(6, -1), device.ioctl(3, 0))
print(device.readblocks(0, part), device.writeblocks(0, b"123"))
attempt("buffer", lambda: device.readblocks(0, b"1234", 0))
attempt("buffer", lambda: device.readblocks(0, 1))
attempt("block", lambda: device.readblocks("0", block))
attempt("ioctl", lambda: device.ioctl(6, None))
attempt("self", lambda: wigwag.RAMBlockDev.ioctl(1, 4, 0))

print("made")
for size, count in ((0, 1), (512, -1), (-1, 1), (1 << 40, 1), ("512", 1)):
    attempt((size, count), lambda: wigwag.RAMBlockDev(size, count))
attempt("huge", lambda: wigwag.RAMBlockDev(1 << 31, 1 << 31))
print(wigwag.RAMBlockDev(512, 0).ioctl(4, 0))

print("a file system")
vfs.VfsFat.mkfs(device)
vfs.mount(device, "/ram")
with open("/ram/hello.txt", "w") as file:
    file.write("hello from memory\n" * 100)
with open("/ram/hello.txt") as file:
    print(len(file.read()))
import os

print(os.listdir("/ram"), os.statvfs("/ram")[:4])
vfs.umount("/ram")
vfs.mount(vfs.VfsFat(device), "/again")
print(os.stat("/again/hello.txt")[6])
vfs.umount("/again")


class Counting(wigwag.RAMBlockDev):
    def __init__(self, size, count):
        super().__init__(size, count)
        self.writes = 0

    def writeblocks(self, block, buffer, offset=None):
        self.writes += 1
        if offset is None:
            return super().writeblocks(block, buffer)
        return super().writeblocks(block, buffer, offset)


counting = Counting(512, 64)
vfs.VfsFat.mkfs(counting)
made = counting.writes
file_system = vfs.VfsFat(counting)
with file_system.open("x", "w") as file:
    file.write("y")
print(made > 0, counting.writes > made, list(file_system.ilistdir()))
