//! The other side is Python's own `ssl`, which is OpenSSL.

use super::certificates::directory;
use super::process::{Runner, has_python, meet};

/// Runs on both.
const SERVER: &str = "
MUCH = 300000

async def handler(reader, writer):
    print(await reader.readline())
    writer.write(b'x' * MUCH)
    await writer.drain()
    print(await reader.read(100), await reader.read(100))
    writer.close()
    await writer.wait_closed()
    done.set()

async def main():
    global done
    done = asyncio.Event()
    server, port = await serve(handler, server_context())
    print(port)
    sys.stdout.flush()
    await done.wait()
    server.close()

asyncio.run(main())
";

/// Runs on both.
const CLIENT: &str = "
async def main():
    reader, writer = await connect(int(sys.argv[1]))
    writer.write(b'hello\\n')
    await writer.drain()
    print(len(await reader.readexactly(300000)))
    writer.write(b'bye')
    await writer.drain()
    writer.close()
    await writer.wait_closed()

asyncio.run(main())
";

#[test]
fn streams_in_both_directions() {
    if !has_python() {
        return;
    }
    let place = directory("streams_in_both_directions");
    for (server, client) in [(Runner::Wigwag, Runner::Python), (Runner::Python, Runner::Wigwag)] {
        let (client, server) = meet(&place, (server, SERVER), (client, CLIENT));
        assert_eq!(client, "300000\n");
        assert_eq!(server, "b'hello\\n'\nb'bye' b''\n");
    }
}

#[test]
fn sockets_in_both_directions() {
    if !has_python() {
        return;
    }
    let place = directory("sockets_in_both_directions");
    let server = "
context = server_context()
if sys.implementation.name == 'cpython':
    context.maximum_version = ssl.TLSVersion.TLSv1_2
s = listening()
print(port_of(s))
sys.stdout.flush()
s2, _ = s.accept()
s2 = context.wrap_socket(s2, server_side=True)
print(s2.recv(100), s2.cipher()[1])
s2.sendall(b'answer')
s2.close()
";
    let client = "
context = client_context()
if sys.implementation.name == 'cpython':
    context.maximum_version = ssl.TLSVersion.TLSv1_2
c = context.wrap_socket(connected(int(sys.argv[1])), server_hostname='wig.local')
c.sendall(b'hello')
print(c.recv(100), c.recv(100))
c.close()
";
    for (one, other) in [(Runner::Wigwag, Runner::Python), (Runner::Python, Runner::Wigwag)] {
        let (client, server) = meet(&place, (one, server), (other, client));
        assert_eq!(client, "b'answer' b''\n");
        assert_eq!(server, "b'hello' TLSv1.2\n");
    }
}

#[test]
fn python_does_not_trust_everybody() {
    if !has_python() {
        return;
    }
    let place = directory("python_does_not_trust_everybody");
    let server = "
s = listening()
print(port_of(s))
s2, _ = s.accept()
try:
    server_context('stranger').wrap_socket(s2, server_side=True).read(1)
except OSError as error:
    show(error)
s2.close()
";
    let client = "
try:
    client_context().wrap_socket(connected(int(sys.argv[1])), server_hostname='wig.local')
except ssl.SSLCertVerificationError as error:
    print(error.reason)
";
    let (client, server) = meet(&place, (Runner::Wigwag, server), (Runner::Python, client));
    assert_eq!(client, "CERTIFICATE_VERIFY_FAILED\n");
    assert_eq!(server, "OSError -30592 'MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE'\n");
}

#[test]
fn a_client_of_pythons_with_a_certificate() {
    if !has_python() {
        return;
    }
    let place = directory("a_client_of_pythons");
    let server = "
context = server_context()
context.verify_mode = ssl.CERT_REQUIRED
context.load_verify_locations(cafile='authority.pem')
s = listening()
print(port_of(s))
s2, _ = s.accept()
s2 = context.wrap_socket(s2, server_side=True)
with open('client.der', 'rb') as file:
    print(s2.read(5), s2.getpeercert(True) == file.read())
s2.close()
";
    let client = "
context = client_context()
context.load_cert_chain('client.pem', 'client.key')
c = context.wrap_socket(connected(int(sys.argv[1])), server_hostname='wig.local')
c.sendall(b'hello')
c.close()
";
    let (_, server) = meet(&place, (Runner::Wigwag, server), (Runner::Python, client));
    assert_eq!(server, "b'hello' True\n");
}

#[test]
fn cut_off_by_python() {
    if !has_python() {
        return;
    }
    let place = directory("cut_off_by_python");
    let server = "
s = listening()
print(port_of(s), flush=True)
s2, _ = s.accept()
s2 = server_context().wrap_socket(s2, server_side=True)
s2.sendall(b'the beginning')
os.close(s2.detach())
";
    let client = "
c = client_context().wrap_socket(connected(int(sys.argv[1])), server_hostname='wig.local')
print(c.read())
c.close()
";
    let (client, _) = meet(&place, (Runner::Python, server), (Runner::Wigwag, client));
    assert_eq!(client, "b'the beginning'\n");
}
