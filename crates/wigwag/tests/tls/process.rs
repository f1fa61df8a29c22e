//! Running scripts: alone, or one against a server that the other is.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Who runs a script.
#[derive(Clone, Copy, Debug)]
pub enum Runner {
    /// This.
    Wigwag,
    /// Python itself.
    Python,
}

/// What every script has: the contexts, and a few short forms.
const PRELUDE: &str = "
import asyncio, ssl, socket, sys, os, errno

def server_context(name='server'):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(name + '.pem', name + '.key')
    return context

def client_context(authority='authority.pem'):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cafile=authority)
    return context

def listening():
    s = socket.socket()
    s.bind(socket.getaddrinfo('127.0.0.1', 0)[0][-1])
    s.listen(8)
    return s

def port_of(s):
    address = s.getsockname()
    return address[1] if isinstance(address, tuple) else socket.sockaddr(address)[2]

def connected(port):
    s = socket.socket()
    s.connect(socket.getaddrinfo('127.0.0.1', port)[0][-1])
    return s

def descriptors():
    return len(os.listdir('/proc/self/fd'))

def show(error):
    print(type(error).__name__, *[repr(argument) for argument in error.args])

async def serve(handler, context):
    server = await asyncio.start_server(handler, '127.0.0.1', 0, ssl=context)
    return server, port_of(server.sockets[0])

async def connect(port, context=None, name='wig.local'):
    context = context or client_context()
    return await asyncio.open_connection('127.0.0.1', port, ssl=context, server_hostname=name)
";

fn command(runner: Runner, place: &Path, options: &[&str], script: &str, arguments: &[&str]) -> Command {
    let code = format!("{PRELUDE}{script}");
    let program = match runner {
        Runner::Wigwag => env!("CARGO_BIN_EXE_wigwag"),
        Runner::Python => "python3",
    };
    // One that waits for ever is a failure, and not a test that never ends.
    let mut command = Command::new("timeout");
    command.args(["60", program]);
    let file = format!("script-{runner:?}-{}.py", code.len());
    std::fs::write(place.join(&file), code).expect("a file");
    if matches!(runner, Runner::Wigwag) {
        command.arg("run").args(options);
    }
    command.env_remove("WIGWAG_BOARD").current_dir(place).arg(file).args(arguments).stdin(Stdio::null());
    command
}

/// Whether Python's own `ssl` is there to talk to.
pub fn has_python() -> bool {
    let found = Command::new("python3").args(["-c", "import ssl"]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("no python3 with ssl: nothing to talk to");
    }
    found
}

/// What a script prints. It is an error if it fails.
#[track_caller]
pub fn run_with(place: &Path, options: &[&str], script: &str) -> String {
    let output = command(Runner::Wigwag, place, options, script, &[]).output().expect("the command starts");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// The same without options.
#[track_caller]
pub fn run(place: &Path, script: &str) -> String {
    run_with(place, &[], script)
}

struct Server {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended by itself cannot be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a client prints whose first argument is the port that the server has printed first, and what the server prints
/// after that.
#[track_caller]
pub fn meet(place: &Path, server: (Runner, &str), client: (Runner, &str)) -> (String, String) {
    let mut child = command(server.0, place, &[], server.1, &[])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut server = Server { child, output };
    let mut port = String::new();
    server.output.read_line(&mut port).expect("the port");
    let client = command(client.0, place, &[], client.1, &[port.trim()]).output().expect("the client starts");
    let printed = String::from_utf8_lossy(&client.stdout).into_owned();
    let errors = String::from_utf8_lossy(&client.stderr);
    assert!(client.status.success(), "client: {}\n{printed}\n{errors}", client.status);
    let mut rest = String::new();
    server.output.read_to_string(&mut rest).expect("output");
    assert!(server.child.wait().expect("it ends").success(), "server:\n{rest}");
    (printed, rest)
}
