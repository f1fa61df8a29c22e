# A FAT file system on a block device of the program's: what upstream's tests leave open.
import errno, io, json, os, sys, vfs


class Device:
    def __init__(self, blocks, size=512):
        self.size = size
        self.data = bytearray(blocks * size)

    def readblocks(self, number, buffer):
        start = number * self.size
        buffer[:] = memoryview(self.data)[start : start + len(buffer)]

    def writeblocks(self, number, buffer):
        start = number * self.size
        self.data[start : start + len(buffer)] = buffer

    def ioctl(self, request, argument):
        if request == 4:
            return len(self.data) // self.size
        if request == 5:
            return self.size


def attempt(function, *arguments):
    try:
        print(function(*arguments))
    except OSError as error:
        print("OSError", errno.errorcode.get(error.errno, error.errno))
    except Exception as error:
        print(type(error).__name__)


device = Device(200)
attempt(vfs.mount, device, "/fat")
vfs.VfsFat.mkfs(device)
vfs.mount(device, "/fat")
print(os.listdir("/fat"), os.statvfs("/fat")[:5])

# Text and bytes, pieces and lines.
with open("/fat/lines.txt", "w") as file:
    print(file.write("first\n"), file.write("second, longer\n" * 100), file.write("häßlich\nlast"))
with open("/fat/lines.txt") as file:
    print(file.readline(), file.readline(3), file.read(4), len(file.readlines()))
    print(file.read(), file.seek(-16, 2), file.read(6), file.tell())
print(sum(len(line) for line in open("/fat/lines.txt")))
with open("/fat/lines.txt", "rb") as file:
    buffer = bytearray(10)
    print(file.seek(1500), file.readinto(buffer), buffer, file.read(3), file.readinto(buffer, 2))
    attempt(file.write, b"x")
    attempt(file.seek, -1)
with open("/fat/numbers", "wb") as file:
    for number in range(300):
        file.write(bytes([number & 255]) * 10)
    attempt(file.read)
with open("/fat/numbers", "r+b") as file:
    file.seek(511)
    file.write(b"ABC")
    file.seek(510)
    print(file.read(6), os.stat("/fat/numbers")[6])
with open("/fat/numbers", "ab") as file:
    print(file.tell(), file.write(b"end", 1, 1))
print(os.stat("/fat/numbers")[6])
attempt(open, "/fat/numbers", "x")
attempt(open, "/fat/nothing")
attempt(open, "/fat")
attempt(open, "/fat/a/b", "w")
attempt(open, "/fat/a?b", "w")

# Past the end.
with open("/fat/hole", "w+b") as file:
    print(file.seek(1000), file.write(b"x"), file.seek(0), file.read().count(b"\0"))
with open("/fat/hole", "rb") as file:
    print(file.seek(5000))

# Others read and write through it.
with open("/fat/data.json", "w") as file:
    json.dump({"a": [1, 2, {"b": None}]}, file)
with open("/fat/data.json") as file:
    print(json.load(file))
os.mkdir("/fat/package")
with open("/fat/package/__init__.py", "w") as file:
    file.write("from .part import value\n")
with open("/fat/package/part.py", "w") as file:
    file.write("value = 'imported'\n" + "# padding\n" * 200)
sys.path.append("/fat")
import package

print(package.value)

# Directories.
os.chdir("/fat")
for name in ("A Directory", "b", "b/c", "b/c/d"):
    os.mkdir(name)
os.chdir("a directory")
print(os.getcwd(), os.listdir())
os.chdir("../b/c")
print(os.getcwd(), os.listdir(), os.listdir(".."), os.listdir("/fat/b/c/./../../a directory"))
attempt(os.rmdir, "/fat/b")
attempt(os.rmdir, "/fat/b/c")
attempt(os.rename, "/fat/b", "/fat/b/c/d/e")
os.rename("/fat/b/c/d", "/fat/A Directory/moved")
os.chdir("/fat/a directory/moved")
os.chdir("..")
print(os.getcwd(), os.listdir())
os.chdir("/fat")
os.rename("lines.txt", "LINES.txt")
attempt(os.rename, "LINES.txt", "b")
attempt(os.remove, "b")
attempt(os.rmdir, "LINES.txt")
attempt(os.remove, "/fat")
print(sorted(os.listdir()), [entry[0] for entry in os.ilistdir(b"b")])
attempt(os.stat, "LINES.txt/x")
vfs.umount("/fat")
attempt(os.listdir, "/fat")

# The same again, by another object; then only to be read.
vfs.mount(device, "/again", readonly=True)
print(len(os.listdir("/again")), open("/again/hole", "rb").read()[-1:])
attempt(open, "/again/new", "w")
attempt(os.mkdir, "/again/new")
attempt(os.remove, "/again/hole")
vfs.umount("/again")

# A full device keeps what was there, and has its room again.
device = Device(64)
vfs.VfsFat.mkfs(device)
fs = vfs.VfsFat(device)
free = fs.statvfs("")[3]
file = fs.open("full", "wb")
attempt(file.write, bytes(512 * (free + 5)))
file.close()
print(fs.statvfs("")[3] < free)
fs.remove("full")
print(fs.statvfs("")[3] == free)

# Blocks of other sizes.
for size in (1024, 4096):
    device = Device(80, size)
    vfs.VfsFat.mkfs(device)
    fs = vfs.VfsFat(device)
    with fs.open("f", "w") as file:
        file.write("x" * (3 * size))
    print(fs.stat("f")[6], fs.statvfs("")[:5])
