# board: pybv11
# The flash of the board, as upstream's pyb.Flash: whole or in part.
import os
import pyb
import vfs


def attempt(what, action):
    try:
        print(what, action())
    except Exception as error:
        print(what, type(error).__name__, error)


part = pyb.Flash(start=0)
print(part, part.ioctl(4, 0), part.ioctl(5, 0), part.ioctl(1, 1), part.ioctl(5, 0))
print(pyb.Flash(start=1024, len=512), pyb.Flash(len=2048), pyb.Flash())
for arguments in ({"start": 1}, {"start": -2}, {"len": 0}, {"len": 100}, {"start": 114688}, {"len": 1 << 62},
                  {"start": 1 << 62}, {"start": 512, "len": 114688}, {"start": "0"}, {"block": 1}):
    attempt(arguments, lambda: pyb.Flash(**arguments))
attempt("positional", lambda: pyb.Flash(0))

block = bytearray(512)
print(part.readblocks(0, block), block == b"\xff" * 512)
print(part.writeblocks(2, bytes(512)), pyb.Flash(start=1024).readblocks(0, block), block == bytes(512))
print(part.readblocks(224, block), pyb.Flash(len=512).readblocks(1, block))

print("with a table in front")
whole = pyb.Flash()
print(whole.ioctl(4, 0), whole.ioctl(5, 0), whole.ioctl(1, 1))
print(whole.readblocks(0, block), block[446:462], block[510:])
print(whole.writeblocks(0, bytes(512)), whole.readblocks(0, block), block[510:])
print(whole.readblocks(1, block), whole.readblocks(0x102, block), block == bytes(512))
attempt("nothing on it", lambda: vfs.mount(whole, "/flash"))

print("file systems")
vfs.VfsFat.mkfs(part)
vfs.mount(whole, "/flash")
with open("/flash/main.py", "w") as file:
    file.write("print('main on the flash')\n")
import sys

sys.path.append("/flash")
import main

print(os.listdir("/flash"))
vfs.umount("/flash")
vfs.mount(part, "/part")
print(os.stat("/part/main.py")[6])
