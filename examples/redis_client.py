# A redis server, spoken to in its own protocol over asyncio's streams: set, get, publish and subscribe.
#
#   redis-server --port 6379 &
#   wigwag examples/redis_client.py [HOST [PORT]]
#
# One connection subscribes to a channel and waits; another one sets and gets keys, several tasks at a time, and publishes.

import asyncio
import sys


class RedisError(Exception):
    pass


def encode(arguments):
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        if not isinstance(argument, bytes):
            argument = str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(argument), argument))
    return b"".join(parts)


class Redis:
    # Commands are sent one behind the other; the lock keeps each answer with its question.
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.lock = asyncio.Lock()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.writer.close()
        await self.writer.wait_closed()

    async def send(self, *arguments):
        self.writer.write(encode(arguments))
        await self.writer.drain()

    async def receive(self):
        line = await self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise EOFError("the server has gone")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        length = int(rest)
        if length < 0:
            return None
        if kind == b"$":
            return (await self.reader.readexactly(length + 2))[:-2]
        if kind == b"*":
            items = []
            for _ in range(length):
                items.append(await self.receive())
            return items
        raise RedisError("not redis: {}".format(line))

    async def call(self, *arguments):
        async with self.lock:
            await self.send(*arguments)
            return await self.receive()


async def connect(host, port):
    return Redis(*await asyncio.open_connection(host, port))


async def listen(redis, channel, ready):
    await redis.send("SUBSCRIBE", channel)
    print("subscribed:", await redis.receive())
    ready.set()
    heard = []
    while not heard or heard[-1] != b"that is all":
        kind, _, message = await redis.receive()
        heard.append(message)
    print("heard:", heard)


async def main(host, port):
    async with await connect(host, port) as redis, await connect(host, port) as ears:
        ready = asyncio.Event()
        listening = asyncio.create_task(listen(ears, "news", ready))
        await ready.wait()

        print("set:", await redis.call("SET", "wigwag:greeting", "hello"))
        print("get:", await redis.call("GET", "wigwag:greeting"))
        print("nothing:", await redis.call("GET", "wigwag:nothing"))
        blob = bytes(range(256)) * 400
        await redis.call("SET", "wigwag:blob", blob)
        print("as it was:", await redis.call("GET", "wigwag:blob") == blob)

        async def count():
            for _ in range(10):
                await redis.call("INCR", "wigwag:count")

        await redis.call("DEL", "wigwag:count")
        await asyncio.gather(*(count() for _ in range(20)))
        print("counted:", await redis.call("GET", "wigwag:count"))
        try:
            await redis.call("INCR", "wigwag:greeting")
        except RedisError as error:
            print("refused:", error)

        for message in ("first", "second", "that is all"):
            print("heard by:", await redis.call("PUBLISH", "news", message))
        await asyncio.wait_for(listening, 5)
        await redis.call("DEL", "wigwag:greeting", "wigwag:blob", "wigwag:count")


host = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 6379
asyncio.run(main(host, port))
