# VfsRom: an image made here, mounted, and damaged in every byte.
import os, vfs


def number(n):
    out = [n & 127]
    n >>= 7
    while n:
        out.insert(0, 128 | n & 127)
        n >>= 7
    return bytes(out)


def record(kind, data):
    return number(kind) + number(len(data)) + data


def named(kind, name, data):
    return record(kind, number(len(name)) + name + data)


shared = b"shared data"
head = record(2, shared)
contents = (
    head
    + named(5, b"a.txt", record(2, b"first line\nsecond line\n"))
    + record(1, b"padding")
    + named(4, b"dir", named(5, b"rom_module.py", record(2, b"x = 42\n")) + named(4, b"deep", b""))
    + named(5, b"far", record(3, number(len(shared)) + number(len(head) - len(shared))))
)
image = b"\xd2\xcd1" + number(len(contents)) + contents

fs = vfs.VfsRom(image)
print(list(fs.ilistdir("")), list(fs.ilistdir(b"/dir")))
print(fs.stat("/a.txt")[:7], fs.stat("dir")[0], fs.stat("far")[6], fs.statvfs("")[2] == len(contents))
with fs.open("a.txt", "r") as f:
    print(f.readline(), f.tell(), f.seek(-5, 2), f.read(), f.seek(99))
with fs.open("far", "rb") as f:
    print(f.read(), bytes(memoryview(f)))
vfs.mount(fs, "/rom")
print(os.listdir("/rom"), os.listdir("/rom/dir/deep"))
with open("/rom/a.txt") as f:
    print(list(f))
import sys

sys.path.append("/rom/dir")
import rom_module

print(rom_module.x, rom_module.__file__)
for function in (
    lambda: open("/rom/none"),
    lambda: open("/rom/dir"),
    lambda: open("/rom/a.txt", "w"),
    lambda: os.listdir("/rom/a.txt"),
    lambda: os.stat("/rom/a.txt/b"),
    lambda: os.chdir("/rom/dir"),
    lambda: fs.open("a.txt", "r").seek(-1),
    lambda: vfs.VfsRom(b"xxxx"),
    lambda: vfs.VfsRom(image[:-1]),
    lambda: fs.mount(True, True),
):
    try:
        function()
    except OSError as er:
        print("OSError", er.errno)
try:
    vfs.VfsRom(5)
except TypeError:
    print("TypeError")
vfs.umount("/rom")

for at in range(len(image)):
    for value in (0, 1, 3, 4, 127, 128, 255):
        broken = bytearray(image)
        broken[at] = value
        try:
            fs = vfs.VfsRom(broken)
            for name, *_ in fs.ilistdir(b""):
                fs.stat(name)
                fs.open(name, "rb").read()
            list(fs.ilistdir("dir"))
        except OSError:
            pass
print("damaged")
