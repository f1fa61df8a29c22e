# aiohttp as a client, of a server in the same program. The argument is a free port.
import asyncio
import binascii
import json
import sys

import aiohttp

PORT = int(sys.argv[1])
BASE = "http://127.0.0.1:%d" % PORT
GZIPPED = binascii.a2b_base64(
    b"H4sIAAAAAAACA0vOzy0oSi0uTk3RUTi8UiExL0UhGS6kkJiemJkHAExzk1cjAAAA"
)


def answer(status, body, *headers):
    lines = ["HTTP/1.1 " + status, "Content-Length: %d" % len(body)]
    lines.extend(headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def receive_frame(reader):
    head = await reader.readexactly(2)
    length = head[1] & 0x7F
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2), "big")
    mask = await reader.readexactly(4)
    data = await reader.readexactly(length)
    return head[0] & 15, bytes(byte ^ mask[number & 3] for number, byte in enumerate(data))


def send_frame(writer, first, data):
    if len(data) < 126:
        writer.write(bytes([first, len(data)]))
    else:
        writer.write(bytes([first, 126]) + len(data).to_bytes(2, "big"))
    writer.write(data)


async def echo_frames(reader, writer):
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    while True:
        kind, data = await receive_frame(reader)
        if kind == 10:
            seen.append(("pong", data))
        elif data == b"ask":
            send_frame(writer, 0x89, b"")
        elif data == b"split":
            send_frame(writer, 0x01, b"in two ")
            send_frame(writer, 0x80, b"parts")
        else:
            send_frame(writer, 0x80 | kind, data)
        await writer.drain()
        if kind == 8:
            return


async def serve(reader, writer):
    method, path, version = (await reader.readline()).split()
    headers = {}
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, value = line.decode().split(":", 1)
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    seen.append((method, path, version, headers.get("content-type"), headers.get("x-test"), body))
    if path == b"/echo":
        await echo_frames(reader, writer)
    elif path == b"/moved":
        writer.write(answer("302 Found", b"", "Location: %s/text" % BASE))
    elif path == b"/chunks":
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(b"6\r\nfirst \r\n6;x=y\r\nsecond\r\n0\r\n\r\n")
    elif path == b"/gzip":
        writer.write(answer("200 OK", GZIPPED, "Content-Encoding: gzip"))
    elif path.startswith(b"/json"):
        writer.write(answer("200 OK", json.dumps({"path": path.decode(), "body": body.decode()}).encode()))
    elif path == b"/text":
        writer.write(answer("200 OK", b"" if method == b"HEAD" else "text é".encode(), "X-Answer: 42"))
    else:
        writer.write(answer("404 Not Found", b"nothing"))
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def requests():
    async with aiohttp.ClientSession(BASE, headers={"X-Test": "all"}) as session:
        async with session.get("/text") as response:
            print(response.status, response.headers["X-Answer"], await response.text())
        async with session.get("/json", params={"b": 2, "a": "1"}) as response:
            print(response.status, (await response.json())["path"])
        async with session.post("/json", json={"key": [1, None]}) as response:
            print(response.status, (await response.json())["body"])
        async with session.put("/json", data=b"bytes") as response:
            print(response.status, (await response.json())["body"])
        for method in (session.patch, session.delete, session.options, session.head):
            async with method("/text") as response:
                print(response.status)
        async with session.get("/moved") as response:
            print(response.status, await response.text())
        async with session.get("/gzip") as response:
            print(response.status, await response.text())
        async with session.get("/nothing") as response:
            print(response.status, await response.read())
    async with aiohttp.ClientSession(version=aiohttp.HttpVersion11) as session:
        async with session.get(BASE + "/chunks") as response:
            while part := await response.read():
                print(response.status, part)


async def frames():
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect("ws://127.0.0.1:%d/echo" % PORT) as socket:
            await socket.send_str("text é")
            print(await socket.receive_str())
            await socket.send_bytes(bytes(range(256)) * 4)
            print(len(await socket.receive_bytes()))
            await socket.send_json({"a": 1})
            print(await socket.receive_json())
            await socket.send_str("split")
            print(await socket.receive_str())
            await socket.send_str("ask")
            await socket.send_str("then")
            print(await socket.receive_str())
            try:
                await socket.send_str(b"x")
            except TypeError as error:
                print("TypeError", error)
            await socket.send_str("last")
            async for message in socket:
                print(message.type, message.data)
                await socket.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", PORT)
    await requests()
    await frames()
    try:
        async with aiohttp.ClientSession() as session:
            async with session.get("ftp://127.0.0.1/"):
                pass
    except ValueError as error:
        print("ValueError", error)
    server.close()
    await server.wait_closed()


# What the server was asked.
seen = []
asyncio.run(main())
for line in seen:
    print(line)
