//! Load for a web server, most of it from clients that behave badly.
//!
//! ```sh
//! wigwag examples/http_server.py &
//! cargo run --release -p wigwag-bench --example http_load -- 127.0.0.1:8080 200 600
//! ```
//!
//! So many connections are open at a time, for so many seconds. Each client sends a few requests and looks at every answer;
//! then it may go in the middle of a request, or without reading the answer (which resets the connection), send garbage, or
//! half a line and nothing more. Every ten seconds the server's `/stats` are shown. An answer that is wrong ends the run with
//! status 1, and so does a connection that breaks where the client has kept to the rules.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
const SHOW_EVERY: Duration = Duration::from_secs(10);

/// What a client does with its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// So many requests, then a proper end.
    Polite,
    /// The last answer is asked for and not read.
    Resets,
    /// Half a request, then the end.
    HalfARequest,
    /// Half a body, then the end.
    HalfABody,
    /// No HTTP at all.
    Garbage,
    /// Not a word.
    Silent,
}

const MANNERS: [Manner; 10] = [
    Manner::Polite,
    Manner::Polite,
    Manner::Polite,
    Manner::Polite,
    Manner::Polite,
    Manner::Resets,
    Manner::HalfARequest,
    Manner::HalfABody,
    Manner::Garbage,
    Manner::Silent,
];

/// How often each manner was shown.
static SHOWN: [AtomicU64; MANNERS.len()] = [const { AtomicU64::new(0) }; MANNERS.len()];
static ANSWERS: AtomicU64 = AtomicU64::new(0);
static WRONG: AtomicU64 = AtomicU64::new(0);

#[derive(Debug)]
enum Failure {
    Io(io::Error),
    Wrong(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Io(error) => write!(out, "{error}"),
            Failure::Wrong(answer) => write!(out, "wrong answer: {answer:?}"),
        }
    }
}

/// Numbers by chance, as xorshift makes them.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

struct Client {
    reader: BufReader<TcpStream>,
}

impl Client {
    fn connect(address: &str) -> io::Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Client { reader: BufReader::new(stream) })
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.reader.get_mut().write_all(bytes)
    }

    /// The status and the body of an answer.
    fn answer(&mut self) -> Result<(u16, Vec<u8>), Failure> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let Some(status) = status else { return Err(Failure::Wrong(line)) };
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => {
                    length = value.parse().map_err(|_| Failure::Wrong(line.clone()))?;
                }
                None if line == "\r\n" => break,
                None => return Err(Failure::Wrong(line)),
                Some(_) => {}
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        Ok((status, body))
    }

    fn expect(&mut self, request: &[u8], status: u16, body: &[u8]) -> Result<(), Failure> {
        self.send(request)?;
        let answer = self.answer()?;
        if answer != (status, body.to_vec()) {
            let (status, body) = answer;
            return Err(Failure::Wrong(format!("{status} {}", String::from_utf8_lossy(&body))));
        }
        ANSWERS.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn request(&mut self, chance: &mut Chance) -> Result<(), Failure> {
        match chance.below(4) {
            0 => self.expect(b"GET /nowhere HTTP/1.1\r\n\r\n", 404, b"Nothing here.\n"),
            1 => {
                let body = vec![b'x'; chance.below(20_000) as usize];
                let mut request =
                    format!("POST /echo HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
                request.extend(&body);
                self.expect(&request, 200, &body)
            }
            _ => self.expect(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n", 200, b"Hello from Wigwag.\n"),
        }
    }
}

/// One connection from its beginning to its end.
fn visit(address: &str, chance: &mut Chance) -> Result<(), Failure> {
    let number = chance.below(MANNERS.len() as u64) as usize;
    let mut client = Client::connect(address)?;
    for _ in 0..chance.below(20) {
        client.request(chance)?;
    }
    match MANNERS[number] {
        Manner::Polite => {}
        Manner::Resets => {
            client.send(b"GET / HTTP/1.1\r\n\r\n")?;
            thread::sleep(Duration::from_millis(chance.below(20)));
        }
        Manner::HalfARequest => client.send(b"GET / HTT")?,
        Manner::HalfABody => client.send(b"POST /echo HTTP/1.1\r\nContent-Length: 100\r\n\r\nonly this")?,
        Manner::Garbage => {
            let garbage: Vec<u8> = (0..chance.below(5000)).map(|_| chance.below(256) as u8).collect();
            client.send(&garbage)?;
        }
        Manner::Silent => thread::sleep(Duration::from_millis(chance.below(500))),
    }
    SHOWN[number].fetch_add(1, Ordering::Relaxed);
    Ok(())
}

fn stats(address: &str) -> Result<String, Failure> {
    let mut client = Client::connect(address)?;
    client.send(b"GET /stats HTTP/1.1\r\nConnection: close\r\n\r\n")?;
    let (_, body) = client.answer()?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

fn show(address: &str, began: Instant) {
    let stats = stats(address).unwrap_or_else(|failure| failure.to_string());
    let answers = ANSWERS.load(Ordering::Relaxed);
    println!("{:4} s  {answers} answers  {stats}", began.elapsed().as_secs());
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| String::from("127.0.0.1:8080"));
    let mut number = |usual| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (connections, seconds) = (number(200), number(10));
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds);
    thread::scope(|scope| {
        for number in 0..connections {
            let address = &address;
            scope.spawn(move || {
                let mut chance = Chance(0x9E37_79B9_7F4A_7C15 ^ (number + 1));
                while Instant::now() < end {
                    if let Err(failure) = visit(address, &mut chance) {
                        WRONG.fetch_add(1, Ordering::Relaxed);
                        println!("client {number}: {failure}");
                        thread::sleep(Duration::from_millis(100));
                    }
                }
            });
        }
        while Instant::now() < end {
            thread::sleep(SHOW_EVERY.min(end.saturating_duration_since(Instant::now())));
            show(&address, began);
        }
    });
    // The server hears of those who are gone in a moment.
    thread::sleep(Duration::from_secs(1));
    show(&address, began);
    for (manner, shown) in MANNERS.iter().zip(&SHOWN) {
        println!("{manner:?}: {}", shown.load(Ordering::Relaxed));
    }
    let wrong = WRONG.load(Ordering::Relaxed);
    println!("{wrong} connections failed where they should not");
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
