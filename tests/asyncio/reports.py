# What is reported may fail to print itself, a context may have little in it, a handler may fail: the report comes all the
# same, and whoever reports goes on.
# stderr: reports.err
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
    loop = asyncio.get_event_loop()
    loop.call_exception_handler({})
    loop.call_exception_handler({"message": "only a message"})
    loop.call_exception_handler({"exception": ValueError("only an exception")})
    loop.set_exception_handler(lambda loop, context: context["nothing"])
    loop.call_exception_handler({"message": "a handler that fails"})

    class Fails(asyncio.DatagramProtocol):
        def datagram_received(self, data, address):
            received.append(data)
            raise ValueError(data)

    received = []
    for handler in (loop.get_exception_handler(), None):
        loop.set_exception_handler(handler)
        transport, _ = await loop.create_datagram_endpoint(Fails, local_addr=("127.0.0.1", 0))
        sender, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=transport.get_extra_info("sockname")
        )
        for data in (b"one", b"two"):
            sender.sendto(data)
            await asyncio.sleep_ms(20)
        transport.close()
        sender.close()
    print(received)


asyncio.run(main())
