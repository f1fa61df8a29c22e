# littlefs on the built-in device in memory: files, directories, errors, devices that fail or are full.
import os
import vfs
import wigwag


def attempt(what, action):
    try:
        print(what, action())
    except Exception as error:
        print(what, type(error).__name__, error)


device = wigwag.RAMBlockDev(512, 60)
attempt("nothing on it", lambda: vfs.VfsLfs2(device))
vfs.VfsLfs2.mkfs(device)
fs = vfs.VfsLfs2(device)
vfs.mount(fs, "/lfs")
print(os.statvfs("/lfs"), fs.getcwd(), os.listdir("/lfs"))

print("files")
with open("/lfs/text", "w") as file:
    print(file, file.write("grüße\nzwei\n"), file.tell())
with open("/lfs/text") as file:
    print(file.read(4), file.readline(), list(file), file.read())
with open("/lfs/big", "wb") as file:
    for number in range(40):
        file.write(bytes([number]) * 100)
with open("/lfs/big", "r+b") as file:
    print(file.seek(-100, 2), file.read(3), file.seek(1000), file.write(b"middle"), file.tell())
    # What is written can be read before it is flushed.
    file.seek(990)
    print(file.read(20), file.seek(0, 2))
    print(file.seek(4100), file.write(b"end"), file.tell())
with open("/lfs/big", "rb") as file:
    whole = file.read()
    print(len(whole), whole[998:1008], whole[-105:] == bytes([39]) * 2 + bytes(100) + b"end")
with open("/lfs/big", "a") as file:
    file.write("!")
print(os.stat("/lfs/big")[6], os.stat("/lfs/text")[0], os.stat("/lfs")[0])
one, two = open("/lfs/one", "w"), open("/lfs/two", "w")
one.write("1" * 600)
two.write("2" * 600)
one.flush()
print(os.stat("/lfs/one")[6], os.stat("/lfs/two")[6])
one.close()
two.close()
print(open("/lfs/one").read() == "1" * 600, open("/lfs/two").read() == "2" * 600)
attempt("closed", one.read)
attempt("not for writing", lambda: open("/lfs/one").write("x"))

print("directories")
os.mkdir("/lfs/d")
os.chdir("/lfs/d")
for number in range(30):
    with open("file %d" % number, "w") as file:
        file.write(str(number))
print(len(os.listdir()), sorted(os.listdir())[:3], os.getcwd())
os.rename("file 7", "../seven")
os.rename("file 8", "file 9")
print(open("/lfs/seven").read(), open("file 9").read(), len(os.listdir()))
attempt("not empty", lambda: os.rmdir("/lfs/d"))
for name in os.listdir():
    os.remove(name)
os.chdir("/lfs")
os.rmdir("d")
print(os.listdir())
for what in (
    lambda: open("nothing"),
    lambda: open("text", "x"),
    lambda: os.mkdir("text"),
    lambda: os.mkdir("no/where"),
    lambda: open("text/below"),
    lambda: os.remove("nothing"),
    lambda: os.rename("nothing", "x"),
    lambda: os.chdir("text"),
    lambda: open("n" * 256, "w"),
    lambda: os.stat(b"\xff"),
):
    attempt("error", what)

print("full")
try:
    with open("large", "w") as file:
        while True:
            file.write("x" * 400)
except OSError as error:
    print(error, os.stat("large")[6], open("seven").read())
os.remove("large")
with open("large", "w") as file:
    file.write("x" * 5000)
print(os.stat("large")[6])

print("mounted as it is")
os.chdir("/")
vfs.umount("/lfs")
vfs.mount(device, "/again", readonly=True)
print(sorted(os.listdir("/again")), open("/again/text").read())
attempt("read only", lambda: open("/again/text", "w"))
attempt("read only", lambda: os.remove("/again/text"))
vfs.umount("/again")


class Failing:
    def __init__(self, device):
        self.device = device
        self.fails = False

    def readblocks(self, block, buffer, offset):
        return self.device.readblocks(block, buffer, offset)

    def writeblocks(self, block, buffer, offset):
        if self.fails:
            raise ValueError("no more")
        return self.device.writeblocks(block, buffer, offset)

    def ioctl(self, request, argument):
        return self.device.ioctl(request, argument)


print("a device that raises")
failing = Failing(device)
fs = vfs.VfsLfs2(failing, readsize=16, progsize=64)
file = fs.open("text", "w")
file.write("new")
failing.fails = True
attempt("flush", file.flush)
attempt("mkdir", lambda: fs.mkdir("d"))
failing.fails = False
file.flush()
print(fs.open("text", "r").read(), sorted(name for name, *_ in fs.ilistdir("/")))
file.close()

print("arguments")
attempt("sizes", lambda: vfs.VfsLfs2(device, readsize=0))
attempt("sizes", lambda: vfs.VfsLfs2(device, progsize=100))
attempt("sizes", lambda: vfs.VfsLfs2(device, progsize=-1))
attempt("too small", lambda: vfs.VfsLfs2.mkfs(wigwag.RAMBlockDev(512, 1)))
larger = wigwag.RAMBlockDev(512, 61)
block = bytearray(512)
for number in range(60):
    device.readblocks(number, block)
    larger.writeblocks(number, block)
attempt("another size", lambda: vfs.VfsLfs2(larger))
attempt("no device", lambda: vfs.VfsLfs2(1))
attempt("no device", lambda: vfs.VfsLfs2())


class Old:
    def readblocks(self, block, buffer):
        pass

    def count(self):
        return 100


attempt("older protocol", lambda: vfs.VfsLfs2(Old()))
print(hasattr(vfs, "VfsLfs1"))
