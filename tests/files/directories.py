# Directories, paths, the environment.
import os
import uos

TOP = "/tmp/wigwag-directories-test"


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return repr(error)


def clear(path):
    for name, kind, _ in os.ilistdir(path):
        name = path + "/" + name
        if kind == 0x4000:
            clear(name)
        else:
            os.remove(name)
    os.rmdir(path)


try:
    clear(TOP)
except OSError:
    pass

print(os.mkdir(TOP), attempt(os.mkdir, TOP), attempt(os.mkdir, "/"), attempt(os.mkdir, TOP + "/a/b"))
here = os.getcwd()
os.chdir(TOP)
print(os.getcwd() == TOP, os.listdir(), os.listdir("."), attempt(os.chdir, "nowhere"), os.getcwd() == TOP)
os.mkdir("folder")
with open("folder/file", "w") as file:
    file.write("12345")
os.rename("folder/file", "other")
print(sorted(os.listdir()), os.listdir("folder"), os.listdir(b"."), sorted(os.listdir(TOP + "/")))
print(sorted((name, hex(kind), inode > 0) for name, kind, inode in os.ilistdir()))
found = os.stat("other")
print(len(found), hex(found[0] & 0xF000), found[6], hex(os.stat("folder")[0] & 0xF000), len(os.statvfs(TOP)))
print(found[8] > 1700000000)
iterator = os.ilistdir("folder")
print(list(iterator), list(iterator))
print(attempt(os.rmdir, "other"), attempt(os.remove, "folder"), attempt(os.rmdir, TOP))
print(attempt(os.listdir, "other"), attempt(os.stat, "nothing"), attempt(os.statvfs, "nothing"))
print(attempt(os.rename, "nothing", "something"), attempt(os.listdir, 1), attempt(os.stat, None))
os.rename("other", "renamed")
os.unlink("renamed")
os.rmdir("folder")
os.chdir(here)
print(os.getcwd() == here, os.sep, uos is os)

# A name that is no text can be had as bytes.
with open(TOP.encode() + b"/\xff", "w") as file:
    pass
print(attempt(os.listdir, TOP), os.listdir(TOP.encode()))
os.remove(TOP.encode() + b"/\xff")

# A directory that is gone.
os.chdir(TOP)
os.rmdir(TOP)
print(attempt(os.getcwd), attempt(os.listdir), attempt(open, "x", "w"))
os.chdir(here)

print(os.getenv("WIGWAG_NOTHING"), os.getenv("WIGWAG_NOTHING", 5), os.putenv("WIGWAG_NOTHING", "süß"))
print(os.getenv("WIGWAG_NOTHING"), os.system('test "$WIGWAG_NOTHING" = "süß"'), os.system("exit 3"))
print(os.unsetenv("WIGWAG_NOTHING"), os.getenv("WIGWAG_NOTHING"), attempt(os.putenv, "A=B", "c"))
print(attempt(os.system, "a\0b"), attempt(os.getenv, 5), os.errno(), os.errno(7), os.errno())
print(len(os.urandom(10)), os.urandom(0), attempt(os.urandom, -1), attempt(os.urandom, "1"))
