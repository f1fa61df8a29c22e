//! Certificates that are refused, each with the sentences that programs know.

use super::certificates::directory;
use super::process::run;

/// Connects to servers with different certificates, and shows what becomes of it at both ends.
const TRY: &str = "
async def attempt(server_side, client_side, name='wig.local'):
    async def handler(reader, writer):
        try:
            print('server read', await reader.read(10))
        except Exception as error:
            show(error)
        await writer.wait_closed()
        done.set()

    done = asyncio.Event()
    server, port = await serve(handler, server_side)
    reader, writer = await connect(port, client_side, name)
    try:
        writer.write(b'hello')
        await writer.drain()
    except Exception as error:
        show(error)
    await done.wait()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()
";

const ALERT: &str = "OSError -30592 'MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE'\n";
const OTHER_NAME: &str = "The certificate Common Name (CN) does not match with the expected CN";
const EXPIRED: &str = "The certificate validity has expired";
const FUTURE: &str = "The certificate validity starts in the future";
const NOT_TRUSTED: &str = "The certificate is not correctly signed by the trusted CA";

fn refused(sentences: &[&str]) -> String {
    let text: String = sentences.iter().map(|sentence| format!("\\n{sentence}\\n")).collect();
    format!("ValueError '{text}'\n{ALERT}")
}

#[test]
fn certificates_of_servers() {
    let place = directory("certificates_of_servers");
    let attempt = |call: &str| run(&place, &format!("{TRY}\nasyncio.run(attempt({call}))\n"));
    let fine = "server read b'hello'\n";
    assert_eq!(attempt("server_context(), client_context()"), fine);
    assert_eq!(attempt("server_context(), client_context('authority.der')"), fine);
    assert_eq!(attempt("server_context(), client_context(), '127.0.0.1'"), fine);
    assert_eq!(attempt("server_context(), client_context(), 'other.local'"), refused(&[OTHER_NAME]));
    assert_eq!(attempt("server_context(), client_context(), '127.0.0.2'"), refused(&[OTHER_NAME]));
    assert_eq!(attempt("server_context('expired'), client_context()"), refused(&[EXPIRED]));
    assert_eq!(attempt("server_context('future'), client_context()"), refused(&[FUTURE]));
    assert_eq!(attempt("server_context('stranger'), client_context()"), refused(&[NOT_TRUSTED]));
    assert_eq!(
        attempt("server_context('stranger'), client_context(), 'other.local'"),
        refused(&[OTHER_NAME, NOT_TRUSTED])
    );
    // One that a program has loaded is trusted, and its common name is its name if it has no other.
    assert_eq!(attempt("server_context('plain'), client_context('plain.pem')"), fine);
    assert_eq!(attempt("server_context('plain'), client_context('plain.pem'), 'x'"), refused(&[OTHER_NAME]));
    assert_eq!(attempt("server_context('plain'), client_context()"), refused(&[NOT_TRUSTED]));
}

#[test]
fn nobody_looks() {
    let place = directory("nobody_looks");
    let script = format!(
        "{TRY}
for mode in (ssl.CERT_NONE, ssl.CERT_OPTIONAL):
    context = client_context()
    context.verify_mode = mode
    asyncio.run(attempt(server_context('stranger'), context, 'other.local'))
asyncio.run(attempt(server_context('expired'), True))
"
    );
    assert_eq!(run(&place, &script), "server read b'hello'\n".repeat(3));
}

#[test]
fn certificates_of_clients() {
    let place = directory("certificates_of_clients");
    let script = format!(
        "{TRY}
def asking(mode):
    context = server_context()
    context.verify_mode = mode
    context.load_verify_locations(cafile='authority.pem')
    return context

def client(name):
    context = client_context()
    if name:
        context.load_cert_chain(name + '.pem', name + '.key')
    return context

for mode in (ssl.CERT_REQUIRED, ssl.CERT_OPTIONAL):
    for name in ('client', None, 'stranger'):
        print(mode, name)
        asyncio.run(attempt(asking(mode), client(name)))
"
    );
    let fine = "server read b'hello'\n";
    let none = format!("OSError -29824 'MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE'\n{ALERT}");
    let stranger = refused(&[NOT_TRUSTED]);
    let expected = format!(
        "2 client\n{fine}2 None\n{none}2 stranger\n{stranger}1 client\n{fine}1 None\n{fine}1 stranger\n{fine}"
    );
    assert_eq!(run(&place, &script), expected);
}

#[test]
fn certificates_that_the_program_refuses() {
    let place = directory("certificates_that_the_program_refuses");
    let script = format!(
        "{TRY}
import tls

def context(verdict):
    def look(certificate, depth):
        print(len(certificate) > 100, depth)
        return verdict

    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    with open('authority.pem') as file:
        context.load_verify_locations(file.read())
    context.verify_callback = look
    return context

asyncio.run(attempt(server_context(), context(0)))
asyncio.run(attempt(server_context(), context(3)))
"
    );
    let refused = "True 0\nOSError 3 'MBEDTLS_ERR_ERROR_GENERIC_ERROR'\nserver read b''\n";
    assert_eq!(run(&place, &script), format!("True 0\nserver read b'hello'\n{refused}"));
}

#[test]
fn arguments_that_cannot_be() {
    let place = directory("arguments_that_cannot_be");
    let script = "
import io, tls

def attempt(function, *arguments, **options):
    try:
        print(function(*arguments, **options))
    except Exception as error:
        show(error)

context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
attempt(tls.SSLContext, 2)
attempt(tls.SSLContext, 3)
attempt(tls.SSLContext, 9)
attempt(context.load_cert_chain, b'x', b'y')
with open('server.key', 'rb') as file:
    key = file.read()
attempt(context.load_cert_chain, b'x', key)
attempt(context.load_cert_chain, None, key)
attempt(context.load_verify_locations, b'-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----')
attempt(context.set_ciphers, ['TLS-NONE'])
attempt(context.set_ciphers, [])
attempt(context.set_ciphers, 'TLS-NONE')
attempt(setattr, context, 'verify_mode', 3)
attempt(context.wrap_socket, io.BytesIO())
attempt(context.wrap_socket, io.BytesIO(), server_hostname='no good name')
attempt(context.wrap_socket, 1, server_hostname='a')
attempt(context.wrap_socket, io.BytesIO(), server_hostname='a', server_side=True)
context.set_ciphers(['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'])
print(context.get_ciphers())
";
    let expected = "NotImplementedError 'DTLS is not supported'
NotImplementedError 'DTLS is not supported'
ValueError 'invalid protocol'
ValueError 'invalid key'
ValueError 'invalid cert'
TypeError 'object with buffer protocol required'
ValueError 'invalid cert'
OSError -24192 'MBEDTLS_ERR_SSL_BAD_CONFIG'
OSError -24192 'MBEDTLS_ERR_SSL_BAD_CONFIG'
TypeError \"object 'str' isn't a tuple or list\"
ValueError 'invalid verify_mode'
ValueError 'CERT_REQUIRED requires server_hostname'
OSError -28928 'MBEDTLS_ERR_SSL_BAD_INPUT_DATA'
OSError 'stream operation not supported'
ValueError 'server_side with a context for clients'
['TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256']
";
    assert_eq!(run(&place, script), expected);
}

#[test]
fn certificates_that_are_damaged() {
    let place = directory("certificates_that_are_damaged");
    // Whatever is cut off or changed, it is a certificate still or it is none.
    let script = "
import tls

def contents(name):
    with open(name, 'rb') as file:
        return file.read()

def taken(function, *arguments):
    try:
        function(*arguments)
        return 1
    except ValueError as error:
        assert str(error) in ('invalid cert', 'invalid key') or str(error).startswith('invalid key: '), error
        return 0

certificate, key = contents('server.der'), contents('server.key.der')
context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
print(taken(context.load_cert_chain, certificate, key))
print(sum(taken(context.load_cert_chain, certificate[:end], key) for end in range(len(certificate))))
print(sum(taken(context.load_cert_chain, certificate, key[:end]) for end in range(len(key))))
for data, load in (
    (certificate, lambda data: context.load_cert_chain(data, key)),
    (key, lambda data: context.load_cert_chain(certificate, data)),
    (contents('server.pem'), context.load_verify_locations),
):
    for place in range(len(data)):
        for bits in (1, 0x80, 0xFF):
            changed = bytearray(data)
            changed[place] ^= bits
            taken(load, changed)
print(taken(context.load_cert_chain, b'', key), taken(context.load_cert_chain, certificate, b''))
";
    assert_eq!(run(&place, script), "1\n0\n0\n0 0\n");
}
