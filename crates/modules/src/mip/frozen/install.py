# mip.install: packages from an index, from a repository, from a URL or a directory.
#
# Everything is fetched before anything is put in its place: into files beside those that it is to become, which are
# renamed when all are there and are what they should be, and removed when something goes wrong.
import binascii
import hashlib
import json
import os
import sys

from mip import WebError, pieces

PACKAGE_INDEX = "https://micropython.org/pi/v2"
_PREFIXES = ("http://", "https://", "codeberg:", "github:", "gitlab:")
_HOSTS = {
    "codeberg:": "https://codeberg.org/api/v1/repos/{}/{}/raw/{p}?ref={}",
    "github:": "https://raw.githubusercontent.com/{}/{}/{}/{p}",
    "gitlab:": "https://gitlab.com/{}/{}/-/raw/{}/{p}",
}
_PART = ".mip-part"
_LARGEST_DESCRIPTION = 1 << 20


class MipError(Exception):
    pass


def _is_remote(place):
    return place.startswith(_PREFIXES)


# The address behind a short form such as github:organisation/repository/path.
def rewrite_url(url, branch=None):
    for provider, form in _HOSTS.items():
        if url.startswith(provider):
            parts = url[len(provider) :].split("/")
            if len(parts) < 2 or not parts[0] or not parts[1]:
                raise MipError("{!r} names no repository".format(url))
            return form.format(parts[0], parts[1], branch or "HEAD", p="/".join(parts[2:]))
    return url


def _local_pieces(path):
    try:
        with open(path, "rb") as file:
            while True:
                piece = file.read(4096)
                if not piece:
                    return
                yield piece
    except OSError as error:
        raise MipError("cannot read {}: {}".format(path, error))


def _pieces(place, version):
    return pieces(rewrite_url(place, version)) if _is_remote(place) else _local_pieces(place)


def _short_hash(path, length):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while True:
            piece = file.read(4096)
            if not piece:
                break
            digest.update(piece)
    return str(binascii.hexlify(digest.digest()), "ascii")[:length]


# Makes the directories that a file needs; those that were not there are appended to a list.
def _make_directories(path, made):
    at = path.find("/", 1)
    while at > 0:
        try:
            os.stat(path[:at])
        except OSError:
            os.mkdir(path[:at])
            made.append(path[:at])
        at = path.find("/", at + 1)


# A path inside the target: a package must not write anywhere else.
def _inside(target, path):
    parts = path.split("/") if isinstance(path, str) else [""]
    for part in parts:
        if part in ("", ".", "..") or "\0" in part or "\\" in part:
            raise MipError("the package has a file with the path {!r}".format(path))
    return target + "/" + path


def _pairs(description, key):
    pairs = description.get(key, ())
    for pair in pairs if isinstance(pairs, list) else [pairs] if pairs else ():
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(item, str) for item in pair):
            raise MipError("the package's description has no sense under {!r}".format(key))
        yield pair


class _Installation:
    def __init__(self, index, target):
        self.index = index
        self.target = target
        self.fetched = []
        self.made = []
        self.seen = set()

    # Fetches a file to where it will be renamed from.
    def fetch(self, place, version, path, wanted=None):
        part = path + _PART
        _make_directories(path, self.made)
        self.fetched.append((part, path))
        digest = hashlib.sha256()
        with open(part, "wb") as file:
            for piece in _pieces(place, version):
                digest.update(piece)
                file.write(piece)
        if wanted is not None:
            got = str(binascii.hexlify(digest.digest()), "ascii")
            if not got.startswith(wanted):
                raise MipError("{} is not what the index says: its hash begins with {}".format(place, got[: len(wanted)]))

    def describe(self, place, version):
        whole = b""
        for piece in _pieces(place, version):
            whole += piece
            if len(whole) > _LARGEST_DESCRIPTION:
                raise MipError("the description at {} is too long".format(place))
        try:
            description = json.loads(whole)
        except ValueError:
            description = None
        if not isinstance(description, dict):
            raise MipError("{} describes no package".format(place))
        return description

    def describe_and_fetch(self, place, version, mpy):
        description = self.describe(place, version)
        for path, wanted in _pairs(description, "hashes"):
            path = _inside(self.target, path)
            if len(wanted) < 8 or not all(digit in "0123456789abcdef" for digit in wanted):
                raise MipError("{!r} is no hash".format(wanted))
            try:
                exists = _short_hash(path, len(wanted)) == wanted
            except OSError:
                exists = False
            if exists:
                print("Exists:", path)
            else:
                self.fetch("{}/file/{}/{}".format(self.index, wanted[:2], wanted), None, path, wanted)
        base = place.rpartition("/")[0]
        for path, url in _pairs(description, "urls"):
            if base and not _is_remote(url):
                url = base + "/" + url
            self.fetch(url, version, _inside(self.target, path))
        for package, package_version in _pairs(description, "deps"):
            self.package(package, package_version, mpy)

    def package(self, package, version, mpy):
        if (package, version) in self.seen:
            return
        self.seen.add((package, version))
        if _is_remote(package):
            if package.endswith((".py", ".mpy")):
                print("Downloading {} to {}".format(package, self.target))
                self.fetch(package, version, _inside(self.target, package.rsplit("/", 1)[-1]))
                return
            if not package.endswith(".json"):
                package = package.rstrip("/") + "/package.json"
            print("Installing {} to {}".format(package, self.target))
        elif not package.endswith(".json"):
            version = version or "latest"
            print("Installing {} ({}) from {} to {}".format(package, version, self.index, self.target))
            form = sys.implementation._mpy & 0xFF if mpy and hasattr(sys.implementation, "_mpy") else "py"
            place = "{}/package/{}/{}/{}.json".format(self.index, form, package, version)
            self.describe_and_fetch(place, None, mpy)
            return
        self.describe_and_fetch(package, version, mpy)

    def put_in_place(self):
        while self.fetched:
            part, path = self.fetched[0]
            os.rename(part, path)
            self.fetched.pop(0)
            print("Copying:", path)

    # Removes what is not in its place, and directories that nothing came into.
    def clean_up(self):
        for part, _ in self.fetched:
            try:
                os.remove(part)
            except OSError:
                pass
        for directory in reversed(self.made):
            try:
                os.rmdir(directory)
            except OSError:
                pass


def _default_target():
    for path in sys.path:
        if not path.startswith("/rom") and path.endswith("/lib"):
            return path
    raise MipError("no directory for packages in sys.path; say which with target")


# Installs a package or raises MipError.
def fetch(package, index=None, target=None, version=None, mpy=True):
    installation = _Installation((index or PACKAGE_INDEX).rstrip("/"), target or _default_target())
    try:
        installation.package(package, version, mpy)
        installation.put_in_place()
    except WebError as error:
        raise MipError(str(error))
    except OSError as error:
        raise MipError("cannot write to {}: {}".format(installation.target, error))
    finally:
        installation.clean_up()


def install(package, index=None, target=None, version=None, mpy=True):
    try:
        fetch(package, index, target, version, mpy)
        print("Done")
    except MipError as error:
        print(error)
        print("Nothing was installed")
