# What is reported may fail to print itself: the report comes all the same, and the loop goes on.
# stderr: report_repr.err
# run: --clock virtual
import asyncio


class Coroutine:
    def send(self, value):
        raise ValueError("sent")

    def __repr__(self):
        raise KeyError("repr")


class Silent(Exception):
    def __str__(self):
        raise KeyError("str")


class Function:
    def __call__(self):
        raise Silent


async def main():
    asyncio.create_task(Coroutine())
    asyncio.get_event_loop().call_soon(Function())
    await asyncio.sleep_ms(1)
    print("goes on")


asyncio.run(main())
