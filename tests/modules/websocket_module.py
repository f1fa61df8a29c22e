# websocket: frames in pieces, lines, streams written in Python, and what is broken.
import io, websocket


class Stream(io.IOBase):
    def __init__(self, data):
        self.data = data
        self.written = b""

    def readinto(self, buffer):
        n = min(len(buffer), len(self.data))
        buffer[:n] = self.data[:n]
        self.data = self.data[n:]
        return n

    def write(self, data):
        self.written += bytes(data)[:3]
        return min(3, len(data))

    def close(self):
        print("closed")


ws = websocket.websocket(Stream(b"\x01\x03one\x80\x04\ntwo\x82\x00\x81\x85abcd\x09\x0b\x0f\x01\x6b"))
print(ws.readline(), ws.read(3), ws.ioctl(8))
buffer = bytearray(9)
print(ws.readinto(buffer), buffer, ws.ioctl(8), ws.read(1))
stream = Stream(b"\x89\x02hi\x88\x00\x81\x01x")
ws = websocket.websocket(stream)
print(ws.read(5), stream.written)
ws.ioctl(9, 2)
stream.written = b""
print(ws.write(b"x" * 200), stream.written[:6], len(stream.written))
ws.close()
for data in (b"", b"\x81", b"\x81\x7f", b"\x81\x05ab", b"\x81\xfe\x00"):
    try:
        print(websocket.websocket(io.BytesIO(data)).read())
    except OSError as er:
        print("OSError", er.errno)
for bad in (
    lambda: websocket.websocket(5),
    lambda: ws.write(bytes(70000)),
    lambda: ws.ioctl(77),
    lambda: ws.write(5),
):
    try:
        bad()
    except (OSError, TypeError) as er:
        print(type(er).__name__, er)
