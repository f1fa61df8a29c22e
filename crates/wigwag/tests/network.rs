//! Programs that talk to others: the examples with a server and with a client, and a server that runs out of descriptors and
//! of memory.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// A program on its way, which is ended with the test.
struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Running {
    fn start(command: &mut Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the command starts");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Running { child, output }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("text");
        line
    }

    fn interrupt(mut self) -> Option<i32> {
        let signal = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(signal.is_ok_and(|status| status.success()));
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already is as it should be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody has just now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

/// What comes back until the server closes the connection.
fn exchange(port: u16, request: &[u8]) -> String {
    let mut stream = connect(port);
    stream.write_all(request).expect("it reads");
    let mut answer = Vec::new();
    // What the server has not read when it closes the connection resets it, behind the answer.
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        _ => {}
    }
    String::from_utf8(answer).expect("text")
}

#[test]
fn the_web_server_answers_and_outlives_bad_requests() {
    let port = free_port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
    let mut server = Running::start(command.arg(example("http_server.py")).arg(port.to_string()));
    assert_eq!(server.line(), format!("http://127.0.0.1:{port}/\n"));

    let stays = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 19\r\nConnection: keep-alive\r\n\r\n\
                 Hello from Wigwag.\n";
    let leaves = stays.replace("keep-alive", "close");
    let twice = b"GET / HTTP/1.1\r\n\r\nGET /?x=1 HTTP/1.1\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(port, twice), format!("{stays}{leaves}"));
    let posted = b"POST /echo HTTP/1.1\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello";
    assert!(exchange(port, posted).ends_with("\r\n\r\nhello"));

    let status =
        |request: &[u8]| exchange(port, request).split_once("\r\n").map(|(line, _)| line.to_string());
    let expected = [
        (&b"GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n"[..], "404 Not Found"),
        (b"GET /echo HTTP/1.1\r\nConnection: close\r\n\r\n", "405 Method Not Allowed"),
        (b"\xff\xfe\xfd\r\n", "400 Bad Request"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", "400 Bad Request"),
        (b"POST /echo HTTP/1.1\r\nContent-Length: many\r\n\r\n", "400 Bad Request"),
        (b"POST /echo HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", "413 Content Too Large"),
    ];
    for (request, line) in expected {
        assert_eq!(status(request), Some(format!("HTTP/1.1 {line}")), "{}", request.escape_ascii());
    }
    // Half a request and half a body, and one that is reset because its answer is not read.
    for half in [&b"GET / HT"[..], b"POST /echo HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf"] {
        connect(port).write_all(half).expect("it reads");
    }
    let stats = exchange(port, b"GET /stats HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert!(stats.contains("\"Refused\": 4") || stats.contains("\"Refused\": 5"), "{stats}");
    assert_eq!(server.interrupt(), Some(0));
}

/// What a small part of redis keeps, for all connections.
#[derive(Default)]
struct Redis {
    values: HashMap<Vec<u8>, Vec<u8>>,
    subscribers: Vec<TcpStream>,
}

/// The number in a line that begins with a sign.
fn number_behind(sign: char, reader: &mut impl BufRead) -> Option<usize> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    line.trim_end().strip_prefix(sign)?.parse().ok()
}

/// One command; none when the client has gone.
fn redis_command(reader: &mut impl BufRead) -> Option<Vec<Vec<u8>>> {
    let words = number_behind('*', reader)?;
    let mut word = || {
        let mut bytes = vec![0; number_behind('$', reader)? + 2];
        reader.read_exact(&mut bytes).ok()?;
        bytes.strip_suffix(b"\r\n").map(<[u8]>::to_vec)
    };
    (0..words).map(|_| word()).collect()
}

fn bulk(bytes: &[u8]) -> Vec<u8> {
    [format!("${}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

impl Redis {
    fn answer(&mut self, words: &[Vec<u8>], client: &TcpStream) -> Vec<u8> {
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        match words[..] {
            [b"SET", key, value] => {
                self.values.insert(key.into(), value.into());
                b"+OK\r\n".to_vec()
            }
            [b"GET", key] => self.values.get(key).map_or(b"$-1\r\n".to_vec(), |value| bulk(value)),
            [b"DEL", ref keys @ ..] => {
                let gone = keys.iter().filter(|key| self.values.remove(**key).is_some()).count();
                format!(":{gone}\r\n").into_bytes()
            }
            [b"INCR", key] => {
                let value = self.values.entry(key.into()).or_insert_with(|| b"0".to_vec());
                let Some(number) = str::from_utf8(value).ok().and_then(|text| text.parse::<i64>().ok())
                else {
                    return b"-ERR value is not an integer or out of range\r\n".to_vec();
                };
                *value = (number + 1).to_string().into_bytes();
                format!(":{}\r\n", number + 1).into_bytes()
            }
            [b"SUBSCRIBE", channel] => {
                self.subscribers.push(client.try_clone().expect("another handle"));
                [b"*3\r\n", &bulk(b"subscribe")[..], &bulk(channel), b":1\r\n"].concat()
            }
            [b"PUBLISH", channel, message] => {
                let told = [b"*3\r\n", &bulk(b"message")[..], &bulk(channel), &bulk(message)].concat();
                self.subscribers.retain_mut(|subscriber| subscriber.write_all(&told).is_ok());
                format!(":{}\r\n", self.subscribers.len()).into_bytes()
            }
            _ => b"-ERR unknown command\r\n".to_vec(),
        }
    }
}

/// Serves clients until the test is over; gives the port.
fn serve_redis() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let redis: &'static Mutex<Redis> = Box::leak(Box::default());
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut reader = BufReader::new(client.try_clone().expect("another handle"));
                while let Some(words) = redis_command(&mut reader) {
                    let answer = redis.lock().expect("no test has failed").answer(&words, &client);
                    if (&client).write_all(&answer).is_err() {
                        break;
                    }
                }
            });
        }
    });
    port
}

#[test]
fn the_redis_client_sets_gets_publishes_and_hears() {
    let port = serve_redis().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
    let output = command.arg(example("redis_client.py")).args(["localhost", &port]).output();
    let output = output.expect("the command starts");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let expected = "subscribed: [b'subscribe', b'news', 1]\nset: OK\nget: b'hello'\nnothing: None\n\
                    as it was: True\ncounted: b'200'\nrefused: ERR value is not an integer or out of range\n\
                    heard by: 1\nheard by: 1\nheard by: 1\nheard: [b'first', b'second', b'that is all']\n";
    // Two connections: the publisher's last answer may come before or after the subscriber has heard the end.
    let text = String::from_utf8_lossy(&output.stdout);
    let heard = "heard: [b'first', b'second', b'that is all']\n";
    assert!(
        text.ends_with(&format!("heard by: 1\n{heard}")) || text.ends_with(&format!("{heard}heard by: 1\n")),
        "{text}"
    );
    assert_eq!(text.replacen(heard, "", 1), expected.replacen(heard, "", 1));
}

/// Tells its port, then what goes wrong, then how many it has served.
const ECHO: &str = "
import asyncio, socket
async def serve(reader, writer):
    try:
        while True:
            line = await reader.readline()
            if not line: break
            writer.write(line)
            await writer.drain()
    finally:
        writer.close()
        await writer.wait_closed()
def told(loop, context):
    error = context['exception']
    print(context['message'], type(error).__name__, error.errno if isinstance(error, OSError) else '')
async def main():
    asyncio.get_event_loop().set_exception_handler(told)
    server = await asyncio.start_server(serve, '127.0.0.1', 0, backlog=64)
    print(socket.sockaddr(server.sockets[0].getsockname())[2])
    await server.serve_forever()
asyncio.run(main())
";

fn echo_server(command: &mut Command) -> (Running, u16) {
    let mut server = Running::start(command);
    let port = server.line().trim_end().parse().expect("a port");
    (server, port)
}

fn is_echoed(stream: &mut TcpStream, text: &[u8]) -> bool {
    let mut answer = vec![0; text.len()];
    stream.write_all(text).is_ok() && stream.read_exact(&mut answer).is_ok() && answer == text
}

#[test]
fn a_server_without_descriptors_says_so_and_goes_on() {
    let script = format!("ulimit -n 40; exec {} -c \"$CODE\"", env!("CARGO_BIN_EXE_wigwag"));
    let (mut server, port) = echo_server(Command::new("sh").args(["-c", &script]).env("CODE", ECHO));
    // More than it can take: those that stand in its queue believe that they are connected.
    let mut clients: Vec<_> = (0..60).map(|_| connect(port)).collect();
    assert_eq!(server.line(), "connection not accepted OSError 24\n");
    assert!(is_echoed(&mut clients[0], b"those who are there are served\n"));
    let last = clients.len() - 1;
    clients.drain(..last);
    assert!(is_echoed(&mut clients[0], b"and then the others\n"));
}

#[test]
fn a_line_without_an_end_costs_its_own_connection_only() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
    let (mut server, port) = echo_server(command.args(["-X", "heapsize=1M", "-c", ECHO]));
    let mut polite = connect(port);
    assert!(is_echoed(&mut polite, b"before\n"));
    let mut endless = connect(port);
    // It is cut off while it still sends.
    while endless.write_all(&[b'x'; 65536]).is_ok() {}
    assert_eq!(server.line(), "Task exception wasn't retrieved MemoryError \n");
    assert!(is_echoed(&mut polite, b"after\n"));
}
