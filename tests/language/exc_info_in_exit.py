# What is being handled while `__exit__` and `__aexit__` run: what left the block, as contextlib's ExitStack needs it.
import asyncio
import sys


def handled():
    return sys.exc_info()[:2]


async def result(value):
    return value


class Manager:
    def __init__(self, swallows):
        self.swallows = swallows

    def __enter__(self):
        print("enter", handled())

    def __exit__(self, kind, value, traceback):
        print("exit", handled(), kind is handled()[0], value is handled()[1])
        try:
            raise KeyError(1)
        except KeyError:
            print("within", handled())
        print("still", handled())
        return self.swallows

    def __aenter__(self):
        return result(self.__enter__())

    def __aexit__(self, kind, value, traceback):
        return result(self.__exit__(kind, value, traceback))


with Manager(True):
    raise OSError(3)
print("after", handled())

with Manager(True):
    pass

try:
    with Manager(False):
        with Manager(False):
            raise ValueError(4)
except ValueError:
    print("except", handled())
print("after", handled())


def leaves():
    with Manager(False):
        return handled()


print("returned", leaves())


async def main():
    async with Manager(True):
        raise OSError(5)
    print("after", handled())
    try:
        async with Manager(False):
            raise OSError(6)
    except OSError:
        print("except", handled())


asyncio.run(main())
print("after", handled())
