# What mip needs of HTTP: one GET, with whatever the answer's body is wrapped in taken off.
import errno
import os
import socket

_TIMEOUT_S = 30
_MOST_REDIRECTIONS = 5
_LONGEST_LINE = 8192
_PIECE = 4096
# Where systems keep the certificates of the authorities that they trust.
_AUTHORITIES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)


class WebError(Exception):
    pass


def _authorities():
    names = (os.getenv("SSL_CERT_FILE"),) + _AUTHORITIES
    for name in names:
        try:
            if name:
                os.stat(name)
                return name
        except OSError:
            pass
    raise WebError("no certificates to check the server's with; SSL_CERT_FILE may name a file that has some")


def _encrypted(connection, host):
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(_authorities())
    context.verify_mode = ssl.CERT_REQUIRED
    return context.wrap_socket(connection, server_hostname=host)


def _split(url):
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if scheme not in ("http", "https") or not host:
        raise WebError("cannot read from {!r}".format(url))
    name, colon, port = host.rpartition(":")
    if not colon:
        name, port = host, "443" if scheme == "https" else "80"
    if not port.isdigit():
        raise WebError("cannot read from {!r}".format(url))
    for character in url:
        if character <= " " or character == "\x7f":
            raise WebError("cannot read from {!r}".format(url))
    return scheme, host, name, int(port), slash + path or "/"


def _connect(scheme, name, port):
    last = None
    for family, kind, protocol, _, address in socket.getaddrinfo(name, port, 0, socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_TIMEOUT_S)
            connection.connect(address)
            return connection if scheme == "http" else _encrypted(connection, name)
        except Exception as error:
            connection.close()
            last = error
    raise last or WebError("no address for {!r}".format(name))


def _line(stream):
    line = stream.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise WebError("the answer is cut off")
    return line.strip().decode()


def _pieces(stream, length):
    while length != 0:
        piece = stream.read(_PIECE if length is None else min(_PIECE, length))
        if not piece:
            if length is None:
                return
            raise WebError("the answer is cut off")
        if length is not None:
            length -= len(piece)
        yield piece


def _chunks(stream):
    while True:
        size = _line(stream).split(";")[0]
        try:
            size = int(size, 16)
        except ValueError:
            size = -1
        if size < 0:
            raise WebError("the answer is no HTTP")
        if size == 0:
            return
        for piece in _pieces(stream, size):
            yield piece
        _line(stream)


def _head(stream):
    words = _line(stream).split(None, 2)
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():
        raise WebError("the answer is no HTTP")
    headers = {}
    while True:
        line = _line(stream)
        if not line:
            return int(words[1]), headers
        if len(headers) > 100:
            raise WebError("the answer is no HTTP")
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()


def _body(stream, headers):
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _chunks(stream)
    length = headers.get("content-length")
    if length is not None and not length.isdigit():
        raise WebError("the answer is no HTTP")
    return _pieces(stream, None if length is None else int(length))


def _get(url):
    scheme, host, name, port, path = _split(url)
    connection = _connect(scheme, name, port)
    try:
        request = "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: mip\r\nConnection: close\r\n\r\n"
        connection.write(request.format(path, host).encode())
        status, headers = _head(connection)
        if status in (301, 302, 303, 307, 308) and "location" in headers:
            target = headers["location"]
            yield target if "://" in target else "{}://{}{}".format(scheme, host, target)
            return
        if status != 200:
            raise WebError("Error {} requesting {}".format(status, url))
        yield None
        for piece in _body(connection, headers):
            yield piece
    finally:
        connection.close()


# The pieces of what is at an address. Whatever goes wrong is a WebError.
def pieces(url):
    try:
        for _ in range(_MOST_REDIRECTIONS):
            answer = _get(url)
            target = next(answer)
            if target is None:
                for piece in answer:
                    yield piece
                return
            if url.startswith("https:") and not target.startswith("https:"):
                raise WebError("{} leads to where nothing is encrypted".format(url))
            url = target
        raise WebError("too many redirections from {}".format(url))
    except OSError as error:
        name = errno.errorcode.get(error.errno, error)
        raise WebError("{} requesting {}".format(name, url))
    except UnicodeError:
        raise WebError("the answer is no HTTP")
