//! A TCP echo server on each runtime, and the client that loads it.
//!
//! Every connection sends a line, waits until it has come back, and sends the next one: so many connections, so many
//! requests under way. The client is one thread with epoll, the same for every runtime, and checks each answer. It shares
//! the machine with the server, so both figures are bounds for what the server can do. What must hold: the runtimes take
//! turns, and nothing is counted before every connection has had its first answer.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::jobs::{Figure, Job};
use crate::report::{Cell, Row, Table};
use crate::rounds::Effort;
use crate::runtimes::Runtime;

/// What a filter is compared with.
pub const NAME: &str = "tcp_echo";
/// How many connections are open.
const CONNECTIONS: [usize; 2] = [100, 1000];
/// A request, and its answer.
const LINE: &[u8] = b"0123456789 0123456789 0123456789 0123456789 0123456789 01234567\n";
/// Nobody takes longer to begin, or to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What one run gave.
struct Load {
    us_for_each: f64,
    latency_99_us: f64,
    peak_kb: f64,
}

/// Runs the server on each runtime, with each number of connections.
pub fn run(folder: &Path, runtimes: &[Runtime], effort: &Effort, quick: bool) -> Table {
    let script = folder.join("echo_server.py");
    let measured_for = Duration::from_millis(if quick { 200 } else { 3000 });
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        let mut cells: Vec<Result<Vec<Load>, String>> = runtimes.iter().map(|_| Ok(Vec::new())).collect();
        for _ in 0..effort.rounds {
            for (runtime, cell) in runtimes.iter().zip(&mut cells) {
                let Ok(loads) = cell else { continue };
                match measure(runtime, &script, connections, measured_for) {
                    Ok(load) => loads.push(load),
                    Err(error) => *cell = Err(error),
                }
            }
        }
        rows.extend(rows_of(connections, &cells));
    }
    let columns = runtimes.iter().map(|runtime| runtime.label.clone()).collect();
    Table { title: "TCP echo on loopback".to_string(), columns, rows, with_mean: false }
}

/// A row of the table: its name, its unit, and where it is found.
type Reading = (&'static str, &'static str, fn(&Load) -> f64);

const READINGS: [Reading; 3] = [
    ("for each request", "µs", |load| load.us_for_each),
    ("99th percentile", "µs", |load| load.latency_99_us),
    ("server's peak memory", "KB", |load| load.peak_kb),
];

fn rows_of(connections: usize, cells: &[Result<Vec<Load>, String>]) -> Vec<Row> {
    let row = |&(name, unit, of): &Reading| Row {
        name: format!("{connections} connections, {name}"),
        unit: unit.to_string(),
        cells: cells
            .iter()
            .map(|cell| match cell {
                Ok(loads) => Cell::Figures(
                    loads.iter().map(|load| Figure { value: of(load), is_bound: false }).collect(),
                ),
                Err(error) => Cell::Failed(error.clone()),
            })
            .collect(),
    };
    READINGS.iter().map(row).collect()
}

/// The server, until it is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended already need not be ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    fn start(runtime: &Runtime, script: &Path, port: u16) -> io::Result<Server> {
        let job = Job {
            name: NAME.to_string(),
            program: PathBuf::from(script),
            arguments: vec![port.to_string()],
            input: None,
            heap: Some("16M"),
            uses_asyncio: true,
            virtual_until: None,
            readings: Vec::new(),
        };
        let command: Vec<OsString> = runtime.command(&job);
        let mut process = Command::new(&command[0]);
        process.args(&command[1..]).env("WIGWAG_BOARD", "none");
        process.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Server)
    }

    /// The most memory that it has held.
    fn peak_kb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0.0)
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Connects as soon as the server listens.
fn connect_first(server: &mut Server, port: u16) -> io::Result<TcpStream> {
    let began = Instant::now();
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Err(error) if began.elapsed() > PATIENCE => return Err(error),
            Err(error) if server.0.try_wait()?.is_some() => {
                return Err(io::Error::new(error.kind(), "the server has ended"));
            }
            Err(_) => thread::sleep(Duration::from_millis(5)),
            connected => return connected,
        }
    }
}

fn measure(
    runtime: &Runtime,
    script: &Path,
    connections: usize,
    measured_for: Duration,
) -> Result<Load, String> {
    let load = || {
        let port = free_port()?;
        let mut server = Server::start(runtime, script, port)?;
        let mut streams = vec![connect_first(&mut server, port)?];
        while streams.len() < connections {
            streams.push(TcpStream::connect(("127.0.0.1", port))?);
        }
        let mut latencies = load(streams, measured_for)?;
        latencies.sort_unstable();
        let count = latencies.len();
        let slow = latencies.get(count.saturating_sub(1).min(count * 99 / 100)).copied().unwrap_or_default();
        Ok(Load {
            us_for_each: measured_for.as_secs_f64() * 1e6 / count.max(1) as f64,
            latency_99_us: slow.as_secs_f64() * 1e6,
            peak_kb: server.peak_kb(),
        })
    };
    load().map_err(|error: io::Error| error.to_string())
}

/// One connection: when it sent, and how much has come back.
struct Connection {
    stream: TcpStream,
    sent: Instant,
    received: usize,
    answers: u64,
}

impl Connection {
    fn send(&mut self) -> io::Result<()> {
        self.sent = Instant::now();
        self.received = 0;
        // The line is far shorter than what a connection takes at once.
        self.stream.write_all(LINE)
    }

    /// Whether the answer is complete.
    fn receive(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 256];
        let count = match self.stream.read(&mut buffer) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            count => count?,
        };
        if count == 0 || LINE.get(self.received..self.received + count) != Some(&buffer[..count]) {
            return Err(io::Error::other("the answer is not the line that was sent"));
        }
        self.received += count;
        Ok(self.received == LINE.len())
    }
}

/// Keeps every connection busy; gives how long each answer took.
fn load(streams: Vec<TcpStream>, measured_for: Duration) -> io::Result<Vec<Duration>> {
    let list = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let mut connections = Vec::new();
    for (number, stream) in streams.into_iter().enumerate() {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        list.add(&stream, EpollEvent::new(EpollFlags::EPOLLIN, number as u64))?;
        let mut connection = Connection { stream, sent: Instant::now(), received: 0, answers: 0 };
        connection.send()?;
        connections.push(connection);
    }
    let mut waited_for = connections.len();
    let mut latencies = Vec::new();
    let mut end = None;
    let began = Instant::now();
    let mut events = vec![EpollEvent::empty(); connections.len()];
    loop {
        let ready = list.wait(&mut events, EpollTimeout::from(100_u16))?;
        let now = Instant::now();
        if end.is_some_and(|end| now >= end) {
            return Ok(latencies);
        }
        if end.is_none() && now.duration_since(began) > PATIENCE {
            return Err(io::Error::new(ErrorKind::TimedOut, "not every connection was answered"));
        }
        for event in &events[..ready] {
            let Some(connection) = connections.get_mut(event.data() as usize) else { continue };
            if !connection.receive()? {
                continue;
            }
            if end.is_some() {
                latencies.push(connection.sent.elapsed());
            }
            waited_for -= usize::from(connection.answers == 0);
            connection.answers += 1;
            connection.send()?;
        }
        if end.is_none() && waited_for == 0 {
            end = Some(Instant::now() + measured_for);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers with what came, for one connection after the other.
    fn serve(change: fn(&mut [u8])) -> io::Result<u16> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                thread::spawn(move || {
                    let mut buffer = [0; 64];
                    while stream.read_exact(&mut buffer).is_ok() {
                        change(&mut buffer);
                        if stream.write_all(&buffer).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Ok(port)
    }

    fn streams(port: u16) -> io::Result<Vec<TcpStream>> {
        (0..5).map(|_| TcpStream::connect(("127.0.0.1", port))).collect()
    }

    #[test]
    fn every_answer_is_timed() -> io::Result<()> {
        let latencies = load(streams(serve(|_| {})?)?, Duration::from_millis(50))?;
        assert!(latencies.len() > 5);
        Ok(())
    }

    #[test]
    fn a_wrong_answer_is_noticed() -> io::Result<()> {
        let result = load(streams(serve(|bytes| bytes[5] = b'x')?)?, Duration::from_millis(50));
        assert!(result.is_err_and(|error| error.to_string().contains("not the line")));
        Ok(())
    }
}
