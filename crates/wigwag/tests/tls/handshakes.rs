//! Handshakes that fail, take their time, or are given up: the server goes on, and no descriptor is left open.

use super::certificates::directory;
use super::process::run;

/// A server that answers everybody who comes in the right way, and shows what the others have done.
const ROBUST: &str = "
async def echo(reader, writer):
    try:
        writer.write(await reader.read(100))
        await writer.drain()
    except OSError as error:
        show(error)
    finally:
        await writer.wait_closed()
        left.release()

left = asyncio.Semaphore(0)

async def talk(port):
    reader, writer = await connect(port)
    writer.write(b'hello')
    await writer.drain()
    print(await reader.read(100), await reader.read(100))
    await writer.wait_closed()
    await left.acquire()
";

#[test]
fn clients_that_are_none() {
    let place = directory("clients_that_are_none");
    let script = format!(
        "{ROBUST}
async def garbage(port, data):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(data)
    await writer.drain()
    await left.acquire()
    await writer.wait_closed()

async def hang_up(port, data):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(data)
    await writer.drain()
    await writer.wait_closed()
    await left.acquire()

async def main():
    server, port = await serve(echo, server_context())
    await talk(port)
    before = descriptors()
    # One who says nothing is there all the time.
    silent = await asyncio.open_connection('127.0.0.1', port)
    await garbage(port, b'GET / HTTP/1.0\\r\\n\\r\\n')
    await talk(port)
    await garbage(port, b'\\x16\\x03\\x01\\x00\\x05hello')
    await garbage(port, b'\\x00' * 40000)
    await hang_up(port, b'\\x16\\x03\\x01')
    await hang_up(port, b'')
    await talk(port)
    await silent[1].wait_closed()
    await left.acquire()
    print(descriptors() - before)
    server.close()
    await server.wait_closed()

asyncio.run(main())
"
    );
    let hello = "b'hello' b''\n";
    let end = "OSError -29312 'MBEDTLS_ERR_SSL_CONN_EOF'\n";
    let record = "OSError -29184 'MBEDTLS_ERR_SSL_INVALID_RECORD'\n";
    let printed = run(&place, &script);
    let lines: Vec<&str> = printed.split_inclusive('\n').collect();
    assert_eq!([&lines[..3], &lines[5..]].concat(), [hello, record, hello, end, end, hello, end, "0\n"]);
    for line in &lines[3..5] {
        assert!(line.starts_with("OSError -"), "{line}");
    }
}

#[test]
fn a_plain_server() {
    let place = directory("a_plain_server");
    let script = "
async def plain(reader, writer):
    await reader.read(10)
    writer.write(b'220 welcome\\r\\n')
    await writer.drain()
    await writer.wait_closed()

async def main():
    server, port = await serve(plain, None)
    before = descriptors()
    reader, writer = await connect(port)
    try:
        await reader.read(10)
    except OSError as error:
        show(error)
    # It stays as it is.
    try:
        writer.s.write(b'x')
    except OSError as error:
        show(error)
    await writer.wait_closed()
    print(descriptors() - before)

asyncio.run(main())
";
    let error = "OSError -29184 'MBEDTLS_ERR_SSL_INVALID_RECORD'\n";
    assert_eq!(run(&place, script), format!("{error}{error}0\n"));
}

#[test]
fn a_reader_begins() {
    let place = directory("a_reader_begins");
    // Neither end has written anything: the handshake is done by those who wait for something to read.
    let script = "
async def greet(reader, writer):
    writer.write(b'welcome\\n')
    await writer.drain()
    await writer.wait_closed()

async def main():
    server, port = await serve(greet, server_context())
    reader, writer = await connect(port)
    print(await reader.readline())
    await writer.wait_closed()

asyncio.run(main())
";
    assert_eq!(run(&place, script), "b'welcome\\n'\n");
}

#[test]
fn cut_off_without_a_goodbye() {
    let place = directory("cut_off_without_a_goodbye");
    let script = "
async def cut(reader, writer):
    writer.write(await reader.read(10))
    await writer.drain()
    # The socket beneath, and not the connection.
    sockets.pop().close()

sockets = []

async def main():
    server = await asyncio.start_server(accept, '127.0.0.1', 0)
    reader, writer = await connect(port_of(server.sockets[0]))
    writer.write(b'hello')
    await writer.drain()
    print(await reader.read(10), await reader.read(10))
    await writer.wait_closed()

async def accept(reader, writer):
    sockets.append(writer.s)
    s = server_context().wrap_socket(writer.s, server_side=True, do_handshake_on_connect=False)
    stream = asyncio.StreamReader(s)
    await cut(stream, stream)

asyncio.run(main())
";
    assert_eq!(run(&place, script), "b'hello' b''\n");
}

#[test]
fn given_up_in_the_middle() {
    let place = directory("given_up_in_the_middle");
    let script = "
async def mute(reader, writer):
    await stop.wait()
    await writer.wait_closed()

stop = asyncio.Event()

async def main():
    server, port = await serve(mute, None)
    before = descriptors()
    reader, writer = await connect(port)
    task = asyncio.create_task(reader.read(10))
    writing = asyncio.create_task(writer.awrite(b'hello'))
    while not server_has_connection(before):
        await asyncio.sleep_ms(0)
    task.cancel()
    writing.cancel()
    for one in (task, writing):
        try:
            await one
        except asyncio.CancelledError:
            print('cancelled')
    await writer.wait_closed()
    stop.set()
    while descriptors() != before:
        await asyncio.sleep_ms(0)
    print('closed')

def server_has_connection(before):
    return descriptors() == before + 2

asyncio.run(main())
";
    assert_eq!(run(&place, script), "cancelled\ncancelled\nclosed\n");
}

#[test]
fn a_time_limit() {
    let place = directory("a_time_limit");
    let script = "
s = listening()
c = connected(port_of(s))
c.settimeout(0.01)
before = descriptors()
try:
    client_context().wrap_socket(c, server_hostname='wig.local')
except OSError as error:
    print(error.errno == errno.ETIMEDOUT)
c.close()
print(descriptors() - before)
";
    assert_eq!(run(&place, script), "True\n-1\n");
}

#[test]
fn many_connections_leave_nothing_open() {
    let place = directory("many_connections");
    let script = format!(
        "{ROBUST}
async def main():
    server, port = await serve(echo, server_context())
    before = descriptors()
    for _ in range(20):
        await asyncio.gather(*[talk(port) for _ in range(5)])
    print(descriptors() - before)

asyncio.run(main())
"
    );
    assert_eq!(run(&place, &script), "b'hello' b''\n".repeat(100) + "0\n");
}
