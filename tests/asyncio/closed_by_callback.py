# A server that its own callback closes: a plain function, a coroutine.
import asyncio


def port_of(server):
    return int.from_bytes(server.sockets[0].getsockname()[2:4], "big")


async def main():
    def plain(reader, writer):
        server.close()
        asyncio.create_task(answer(writer))

    async def answer(writer):
        writer.write(b"the last one\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def coroutine(reader, writer):
        server.close()
        await server.wait_closed()
        await answer(writer)

    for callback in (plain, coroutine):
        server = await asyncio.start_server(callback, "127.0.0.1", 0)
        port = port_of(server)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        print(await reader.readline())
        await server.wait_closed()
        print(server.is_serving())
        try:
            await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            print("nobody there")
        writer.close()
        await writer.wait_closed()


asyncio.run(main())
