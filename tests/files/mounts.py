# File systems that programs bring, and what import and open make of them.
import errno
import io
import os
import sys
import vfs


class File(io.IOBase):
    def __init__(self, contents):
        self.rest = contents

    def readinto(self, buffer):
        count = min(len(buffer), len(self.rest))
        buffer[:count] = self.rest[:count]
        self.rest = self.rest[count:]
        return count

    def ioctl(self, request, argument):
        if request == 4:
            print("  closed")
            return 0
        return -1


class FileSystem:
    def __init__(self, files):
        self.files = files

    def mount(self, read_only, make):
        print("  mount", read_only, make)

    def umount(self):
        print("  umount")

    def stat(self, path):
        if path in self.files:
            return (0x8000, 0, 0, 0, 0, 0, 5, 0, 0, 0)
        if any(name.startswith(path + "/") for name in self.files):
            return (0x4000,) + (0,) * 9
        raise OSError(errno.ENOENT)

    def open(self, path, mode):
        print("  open", path, mode)
        contents = self.files[path]
        if contents is None:
            raise OSError(errno.EACCES)
        return contents if isinstance(contents, io.BytesIO) else File(contents)

    def ilistdir(self, path):
        for name in self.files:
            yield (name[1:], 0x8000, 0)

    def getcwd(self):
        return "/inside"

    def chdir(self, path):
        print("  chdir", path)


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return type(error).__name__ + ": " + str(error)


files = {
    "/simple.py": b"value = 1\nprint('in', __name__, __file__)",
    "/long.py": b"# " + b"x" * 5000 + b"\nvalue = 2",
    "/wrong.py": b"def",
    "/fails.py": b"1 // 0",
    "/forbidden.py": None,
    "/compiled.mpy": b"M\x06\x00\x1f",
    "/package/__init__.py": b"from . import part",
    "/package/part.py": b"import package\nprint('part of', package.__path__)",
    "/memory.py": io.BytesIO(b"value = 3"),
    "/empty.py": b"",
    "/run.py": b"print('run', value)",
}
system = FileSystem(files)
vfs.mount(system, "/mine")
print([path for _, path in vfs.mount()], os.listdir("/mine")[:2], attempt(vfs.mount, system, "/mine"))

sys.path.append("/mine")
for name in ("simple", "long", "wrong", "fails", "forbidden", "compiled", "package", "memory", "empty", "missing"):
    module = attempt(__import__, name)
    print(name, module if isinstance(module, str) else sorted(n for n in dir(module) if n[0] != "_"))
    print(name in sys.modules)
value = "here"
execfile("/mine/run.py")
print(attempt(execfile, "/mine/nothing.py"))

os.chdir("/mine")
print(os.getcwd(), attempt(os.mkdir, "x"), os.stat("/mine/empty.py")[6])
print(attempt(os.rename, "/mine/simple.py", "/tmp/simple.py"))
os.chdir("/mine/deeper")
vfs.umount("/mine")
print(os.getcwd(), attempt(vfs.umount, "/mine"), attempt(vfs.umount, system), attempt(os.stat, "mine"))
sys.path.pop()

# What is no file system.
print(attempt(vfs.mount, 5, "/five"), attempt(vfs.mount, system, 5), attempt(vfs.mount, system))


class Bad:
    def __init__(self, **methods):
        for name in methods:
            setattr(self, name, methods[name])

    def mount(self, read_only, make):
        pass

    def umount(self):
        pass


def raises(*arguments):
    raise ValueError("of the file system")


for name, methods in (
    ("no methods", {}),
    ("open raises", {"stat": lambda path: (0x8000,) * 10, "open": raises}),
    ("stat raises", {"stat": raises, "open": raises}),
    ("stat gives no tuple", {"stat": lambda path: 5}),
    ("stat gives an empty tuple", {"stat": lambda path: ()}),
    ("open gives None", {"stat": lambda path: (0x8000,) * 10, "open": lambda path, mode: None}),
):
    bad = Bad(**methods)
    vfs.mount(bad, "/bad")
    sys.path.append("/bad")
    print(name, "|", attempt(__import__, "module"), "|", attempt(open, "/bad/x"), "|", attempt(execfile, "/bad/x"))
    sys.path.pop()
    vfs.umount(bad)

# The system's files below one directory only, and not to be changed.
part = vfs.VfsPosix("/tmp")
vfs.mount(part, "/part", readonly=True)
print(attempt(open, "/part/x", "w"), attempt(os.mkdir, "/part/x"), attempt(os.remove, "/part/x"))
print(attempt(open, "/part/wigwag-nothing"), type(os.listdir("/part")))
vfs.umount(part)

vfs.umount("/")
print(vfs.mount(), os.getcwd(), os.listdir("/"), attempt(open, "/tmp/x", "w"), attempt(os.stat, "x"), os.stat("/"))
