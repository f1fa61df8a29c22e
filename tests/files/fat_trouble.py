# Block devices that fail, lie or stop in between.
import errno, os, vfs


class Device:
    def __init__(self, blocks):
        self.data = bytearray(blocks * 512)
        self.writes = None

    def readblocks(self, number, buffer):
        buffer[:] = self.data[number * 512 : number * 512 + len(buffer)]

    def writeblocks(self, number, buffer):
        if self.writes is not None:
            if self.writes == 0:
                raise OSError(errno.EIO)
            self.writes -= 1
        self.data[number * 512 : number * 512 + len(buffer)] = buffer

    def ioctl(self, request, argument):
        return {4: len(self.data) // 512, 5: 512}.get(request)


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except OSError as error:
        return errno.errorcode.get(error.errno, error.errno)
    except Exception as error:
        return type(error).__name__


# Whenever the device stops, what was there before can be read afterwards.
for writes in range(12):
    device = Device(100)
    vfs.VfsFat.mkfs(device)
    fs = vfs.VfsFat(device)
    with fs.open("kept", "w") as file:
        file.write("kept " * 200)
    device.writes = writes
    result = attempt(lambda: fs.open("a longer name than usual", "w").write("y" * 1500))
    device.writes = None
    again = vfs.VfsFat(device)
    names = [entry[0] for entry in again.ilistdir()]
    with again.open("kept", "r") as file:
        if "kept" not in names or file.read() != "kept " * 200:
            print("lost after", writes)
    # The object that saw the error goes on with what is on the device.
    if [entry[0] for entry in fs.ilistdir()] != names:
        print("differs after", writes)
    with again.open("new", "w") as file:
        file.write("works")
print("still there")


# Answers that mean an error, or nothing at all.
class Answers(Device):
    def __init__(self, **answers):
        super().__init__(60)
        self.answers = answers

    def readblocks(self, number, buffer):
        super().readblocks(number, buffer)
        return self.answers.get("read")

    def writeblocks(self, number, buffer):
        super().writeblocks(number, buffer)
        return self.answers.get("write")

    def ioctl(self, request, argument):
        return self.answers.get(request, super().ioctl(request, argument))


for answers in (
    {"read": 0},
    {"read": -5},
    {"write": -30},
    {"read": "x"},
    {1: 1},
    {4: 0},
    {4: -1},
    {4: 21},
    {4: 1 << 40},
    {4: "x"},
    {5: 0},
    {5: 500},
    {5: 1 << 20},
):
    device = Answers(**{str(key): value for key, value in answers.items()})
    device.answers = answers
    print(answers, attempt(vfs.VfsFat.mkfs, device))


class Less:
    pass


print(attempt(vfs.VfsFat, Less()), attempt(vfs.VfsFat.mkfs, None), attempt(vfs.VfsFat, Device(60)).__class__)
fs = vfs.VfsFat(Device(60))
print(attempt(fs.stat, "x"), attempt(fs.open, "x", "w"), attempt(fs.mount, False, False))
print(attempt(fs.mount, False, True), attempt(fs.stat, "x"), fs.statvfs("")[:4])

# What is on the device may be anything.
seed = 1


def random():
    global seed
    seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
    return seed >> 8


outcomes = set()
for turn in range(60):
    device = Device(60)
    vfs.VfsFat.mkfs(device)
    fs = vfs.VfsFat(device)
    fs.mkdir("directory")
    with fs.open("directory/a file with a long name", "w") as file:
        file.write("z" * 2000)
    for _ in range(turn + 1):
        device.data[random() % (40 * 512)] = random() & 255
    fs = vfs.VfsFat(device)
    for work in (
        lambda: fs.open("directory/a file with a long name", "rb").read(),
        lambda: [list(fs.ilistdir(entry[0])) for entry in fs.ilistdir() if entry[1] == 0x4000],
        lambda: fs.open("directory/another", "w").write("w" * 3000),
        lambda: fs.rename("directory", "moved"),
        lambda: fs.remove("moved/another"),
        lambda: fs.statvfs(""),
    ):
        result = attempt(work)
        if isinstance(result, str):
            outcomes.add(result)
print(outcomes <= {"EIO", "ENOENT", "ENODEV", "EACCES", "EEXIST", "ENOSPC", "EINVAL", "EISDIR", "ENOTDIR"})


# A device whose methods use the file system that is on it, and one that changes under it.
class Nosy(Device):
    fs = None

    def readblocks(self, number, buffer):
        super().readblocks(number, buffer)
        fs, self.fs = self.fs, None
        if fs:
            fs.stat("/")
            self.fs = fs


device = Nosy(60)
vfs.VfsFat.mkfs(device)
fs = device.fs = vfs.VfsFat(device)
with fs.open("file", "w") as file:
    file.write("contents")
print(fs.open("file", "r").read())
file = fs.open("file", "r+")
fs.remove("file")
print(attempt(file.write, "x"), attempt(file.read))
