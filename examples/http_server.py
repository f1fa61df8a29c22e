# A web server: each connection has a task of its own, which answers one request after the other.
#
#   wigwag examples/http_server.py [PORT]
#   curl http://127.0.0.1:8080/
#   curl http://127.0.0.1:8080/stats
#   curl --data 'hello' http://127.0.0.1:8080/echo
#
# What goes wrong with a connection ends that connection, and is counted: /stats shows by name whatever has happened.

import asyncio
import gc
import os
import sys

# A client may take so long to send its next request, or the rest of one.
PATIENCE = 10
MOST_HEADERS = 50
MOST_BODY = 1 << 20

STATUS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 413: "Content Too Large"}

counts = {"connections": 0, "open": 0, "requests": 0}
errors = {}


class Refused(Exception):
    # Not HTTP as we know it: answered with this status, and the connection is closed.
    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Request:
    def __init__(self, method, path, headers, body):
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body


def number_of_descriptors():
    return len(os.listdir("/proc/self/fd"))


def home(request):
    return 200, "text/plain", b"Hello from Wigwag.\n"


def echo(request):
    if request.method != "POST":
        return 405, "text/plain", b"POST something.\n"
    return 200, "application/octet-stream", request.body


def stats(request):
    gc.collect()
    found = {
        "counts": counts,
        "errors": errors,
        "memory": gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0,
        "descriptors": number_of_descriptors(),
    }
    # Names and numbers only: but for the quotes this is JSON.
    return 200, "application/json", str(found).replace("'", '"').encode()


ROUTES = {"/": home, "/echo": echo, "/stats": stats}


async def read_request(reader):
    line = await reader.readline()
    if not line:
        return None
    parts = line.split()
    if len(parts) != 3 or not parts[2].startswith(b"HTTP/1."):
        raise Refused(400)
    headers = {}
    while True:
        line = await reader.readline()
        if line in (b"\r\n", b"\n"):
            break
        name, colon, value = line.partition(b":")
        # A line without its end is all that there was.
        if not colon or not line.endswith(b"\n") or len(headers) >= MOST_HEADERS:
            raise Refused(400)
        headers[name.strip().lower()] = value.strip()
    try:
        length = int(headers.get(b"content-length", b"0"))
        path = parts[1].decode()
    except ValueError:
        raise Refused(400)
    if not 0 <= length <= MOST_BODY:
        raise Refused(413)
    body = await reader.readexactly(length) if length else b""
    return Request(parts[0].decode(), path.split("?")[0], headers, body)


def head(status, kind, length, stays):
    return "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: {}\r\n\r\n".format(
        status, STATUS[status], kind, length, "keep-alive" if stays else "close"
    ).encode()


async def converse(reader, writer):
    while True:
        try:
            request = await asyncio.wait_for(read_request(reader), PATIENCE)
        except Refused as refusal:
            writer.write(head(refusal.status, "text/plain", 0, False))
            await writer.drain()
            raise
        if request is None:
            return
        counts["requests"] += 1
        route = ROUTES.get(request.path)
        status, kind, body = route(request) if route else (404, "text/plain", b"Nothing here.\n")
        stays = request.headers.get(b"connection", b"").lower() != b"close"
        writer.write(head(status, kind, len(body), stays) + body)
        await writer.drain()
        if not stays:
            return


def note(error):
    name = type(error).__name__
    if isinstance(error, OSError) and error.args:
        name += " {}".format(error.args[0])
    errors[name] = errors.get(name, 0) + 1


async def serve(reader, writer):
    counts["connections"] += 1
    counts["open"] += 1
    try:
        await converse(reader, writer)
    except Exception as error:
        note(error)
    finally:
        counts["open"] -= 1
        writer.close()
        try:
            await writer.wait_closed()
        except OSError as error:
            note(error)


async def main(port):
    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=512)
    print("http://127.0.0.1:{}/".format(port))
    async with server:
        await server.serve_forever()


try:
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8080))
except KeyboardInterrupt:
    pass
