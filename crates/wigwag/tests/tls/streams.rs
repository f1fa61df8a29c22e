//! Data over TLS, both ends in one program: what goes in comes out, in whatever pieces.

use super::certificates::directory;
use super::process::{run, run_with};

const ECHO: &str = "
async def echo(reader, writer):
    while True:
        data = await reader.read(1000)
        if not data:
            break
        writer.write(data)
        await writer.drain()
    await writer.wait_closed()

async def main():
    server, port = await serve(echo, server_context())
    reader, writer = await connect(port)
    for line in (b'one\\n', b'two\\n' * 3, b'x' * 5000 + b'\\n'):
        writer.write(line)
        await writer.drain()
        print(len(await reader.readline()))
    print(await reader.readexactly(8))
    print(writer.s.cipher()[1], len(writer.s.getpeercert(True)) > 100)
    await writer.wait_closed()
    server.close()
    await server.wait_closed()

asyncio.run(main())
";

const ECHOED: &str = "4\n4\n4\n";

#[test]
fn an_echo() {
    let place = directory("an_echo");
    let printed = run(&place, ECHO);
    assert!(printed.starts_with(ECHOED), "{printed}");
    assert!(printed.ends_with("TLSv1.3 True\n"), "{printed}");
    for options in [["--fuel", "1"], ["--gc-stress", "3"]] {
        assert_eq!(run_with(&place, &options, ECHO), printed, "{options:?}");
    }
}

#[test]
fn sockets_that_wait() {
    let place = directory("sockets_that_wait");
    let script = "
import _thread

def server(s):
    s2, _ = s.accept()
    s2 = server_context().wrap_socket(s2, server_side=True)
    print(s2.read(5), s2.readline(), s2.recv(100))
    print(s2.write(b'answer'))
    s2.close()
    done.release()

done = _thread.allocate_lock()
done.acquire()
s = listening()
_thread.start_new_thread(server, (s,))
c = client_context().wrap_socket(connected(port_of(s)), server_hostname='wig.local')
print(c.write(b'hello a line\\n'))
print(c.write(b'rest'))
buffer = bytearray(10)
print(c.readinto(buffer), buffer)
print(c.read(), c.read(1))
c.close()
c.close()
done.acquire()
try:
    c.read(1)
except OSError as error:
    show(error)
";
    let printed = run(&place, script);
    let mut lines: Vec<&str> = printed.lines().collect();
    lines.sort_unstable();
    let expected = [
        "13",
        "4",
        "6",
        "6 bytearray(b'answer\\x00\\x00\\x00\\x00')",
        "OSError -28928 'MBEDTLS_ERR_SSL_BAD_INPUT_DATA'",
        "b'' b''",
        "b'hello' b' a line\\n' b'rest'",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_megabyte_in_pieces_of_sixteen() {
    let place = directory("pieces_of_sixteen");
    let script = "
async def count(reader, writer):
    total = 0
    while True:
        data = await reader.read(7001)
        if not data:
            break
        total += len(data)
        sums.append(sum(data))
    print(total, sum(sums))
    await writer.wait_closed()
    done.set()

sums = []
done = asyncio.Event()

async def main():
    server, port = await serve(count, server_context())
    reader, writer = await connect(port)
    piece = bytes(range(16))
    for number in range(1 << 16):
        writer.write(piece)
        if number % 256 == 255:
            await writer.drain()
    await writer.drain()
    await writer.wait_closed()
    await done.wait()

asyncio.run(main())
";
    assert_eq!(run(&place, script), format!("{} {}\n", 1 << 20, 120 << 16));
}

#[test]
fn tiny_reads() {
    let place = directory("tiny_reads");
    let script = "
import select

async def send(reader, writer):
    writer.write(b'abcdefgh' * 1000)
    await writer.drain()
    await writer.wait_closed()

async def main():
    server, port = await serve(send, server_context())
    reader, writer = await connect(port)
    first = await reader.readexactly(1)
    poll = select.poll()
    poll.register(writer.s, select.POLLIN)
    # What has been decrypted is there, whatever the socket has.
    print(first, poll.poll(0)[0][1] & select.POLLIN, writer.s.ioctl(3, 1))
    data = bytearray(first)
    one = bytearray(1)
    while await reader.readinto(one):
        data += one
    print(len(data), data == b'abcdefgh' * 1000)
    await writer.wait_closed()

asyncio.run(main())
";
    assert_eq!(run(&place, script), "b'a' 1 1\n8000 True\n");
}

#[test]
fn records_of_all_sizes() {
    let place = directory("records_of_all_sizes");
    // All of it is there before the first byte is read: a record as large as they get, then many small ones.
    let script = "
async def send(reader, writer):
    for length in (16384, 1, 16384, *range(1, 301), 16383):
        writer.write(bytes([length & 255]) * length)
        await writer.drain()
    await writer.wait_closed()
    sent.set()

sent = asyncio.Event()

async def main():
    server, port = await serve(send, server_context())
    reader, writer = await connect(port)
    print(await reader.readexactly(1))
    await sent.wait()
    data = await reader.read()
    print(len(data), data[16383], data[16384], data[-1])
    await writer.wait_closed()

asyncio.run(main())
";
    assert_eq!(run(&place, script), "b'\\x00'\n94301 1 0 255\n");
}

#[test]
fn both_ways_at_once() {
    let place = directory("both_ways_at_once");
    // Neither side reads what the other sends before it has sent what it has: more than all buffers hold goes both ways.
    let script = "
MUCH = 1 << 20

async def receive(reader):
    total = 0
    while total < MUCH:
        total += len(await reader.read(MUCH))
    return total

async def send(writer, byte):
    writer.write(byte * MUCH)
    await writer.drain()

async def both(reader, writer):
    print((await asyncio.gather(receive(reader), send(writer, b'a')))[0])

async def handler(reader, writer):
    await both(reader, writer)
    await writer.wait_closed()
    done.set()

done = asyncio.Event()

async def main():
    server, port = await serve(handler, server_context())
    reader, writer = await connect(port)
    await both(reader, writer)
    await done.wait()
    await writer.wait_closed()

asyncio.run(main())
";
    assert_eq!(run(&place, script), "1048576\n1048576\n");
}

#[test]
fn over_objects() {
    let place = directory("over_objects");
    let script = "
import io

class Pipe(io.IOBase):
    def __init__(self):
        self.there = bytearray()
        self.other = self

    def readinto(self, buffer):
        there = self.there
        if not there:
            return None
        count = min(len(buffer), len(there), 100)
        buffer[:count] = there[:count]
        self.there = there[count:]
        return count

    def write(self, data):
        self.other.there += data[:77]
        return min(len(data), 77)

    def ioctl(self, request, argument):
        print('ioctl', request)
        return 0

a, b = Pipe(), Pipe()
a.other, b.other = b, a
client = client_context().wrap_socket(a, server_hostname='wig.local', do_handshake_on_connect=False)
server = server_context().wrap_socket(b, server_side=True, do_handshake_on_connect=False)
while client.read(5) is None and server.read(5) is None and server.cipher()[0] is None:
    pass
while client.write(b'hello') is None:
    server.read(0)
print(server.read(5))
print(server.write(b'world'), client.read(9))
client.close()
print(server.read(5))
server.close()
";
    assert_eq!(run(&place, script), "b'hello'\n5 b'world'\nioctl 4\nb''\nioctl 4\n");
}
