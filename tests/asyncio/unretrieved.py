# run: --clock virtual
# stderr: unretrieved.err
# What the loop says about exceptions that nobody takes, unless a handler is set.
import asyncio


class Failing:
    def __repr__(self):
        return "a coroutine that fails"

    def send(self, value):
        raise ValueError("unheard")

    def throw(self, exception):
        raise exception


async def fail():
    raise KeyError("heard in time")


async def main():
    asyncio.create_task(Failing())
    await asyncio.sleep_ms(1)
    # Awaited before its second turn: nothing is said.
    task = asyncio.create_task(fail())
    await asyncio.sleep_ms(0)
    try:
        await task
    except KeyError as error:
        print(error)
    await asyncio.sleep_ms(1)
    loop = asyncio.get_event_loop()
    loop.set_exception_handler(lambda loop, context: print("handler:", repr(context["exception"])))
    asyncio.create_task(Failing())
    await asyncio.sleep_ms(1)
    loop.set_exception_handler(None)
    loop.call_exception_handler({"message": "said", "exception": OSError(5), "future": asyncio.create_task(Failing())})
    await asyncio.sleep_ms(0)


asyncio.run(main())
