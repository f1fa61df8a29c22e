# A server that sends back every line, a task for each connection. The bench is the client.
import asyncio
import sys


async def serve(reader, writer):
    while True:
        line = await reader.readline()
        if not line:
            break
        writer.write(line)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def main():
    await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    # Until the bench ends it.
    while True:
        await asyncio.sleep(3600)


asyncio.run(main())
