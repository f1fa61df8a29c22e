# The command: -m mip install [options] PACKAGE[@VERSION]...
import sys

from mip import MipError, fetch

USAGE = """usage: -m mip install [-t DIRECTORY] [-i INDEX] [--mpy | --no-mpy] PACKAGE[@VERSION]...
  -t, --target DIRECTORY  where packages go; else the first of sys.path that ends with /lib
  -i, --index URL         the index that names without an address are looked up in
  --mpy, --no-mpy         compiled or source form, where the index has both"""


def fail(message, status):
    print(message, file=sys.stderr)
    sys.exit(status)


def main(words):
    options = {"mpy": True}
    packages = []
    values = {"-t": "target", "--target": "target", "-i": "index", "--index": "index"}
    if words[:1] in (["-h"], ["--help"]):
        print(USAGE)
        return
    if words[:1] != ["install"]:
        fail(USAGE, 2)
    words = words[1:]
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if name in values:
            if not equals:
                if not words:
                    fail("{} wants a value\n{}".format(word, USAGE), 2)
                value = words.pop(0)
            options[values[name]] = value
        elif word in ("--mpy", "--no-mpy"):
            options["mpy"] = word == "--mpy"
        elif word in ("-h", "--help"):
            print(USAGE)
            return
        elif word.startswith("-"):
            fail("unknown option {}\n{}".format(word, USAGE), 2)
        else:
            packages.append(word)
    if not packages:
        fail(USAGE, 2)
    for package in packages:
        package, _, version = package.partition("@")
        try:
            fetch(package, version=version or None, **options)
        except MipError as error:
            fail("mip: {}".format(error), 1)
    print("Done")


main(sys.argv[1:])
