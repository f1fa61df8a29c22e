# open_connection and start_server: streams over TCP, and over TLS on top of it.
import asyncio
import errno
import socket
from asyncio import core

# How long a server waits when the system has no descriptor left for one more connection.
_BREATHER_MS = 100
_EISCONN = 106
_ECONNABORTED = 103


# The handshake is done by whatever is read or written first.
def _encrypted(s, context, **options):
    s = context.wrap_socket(s, do_handshake_on_connect=False, **options)
    s.setblocking(False)
    return s


def _client_context(ssl):
    if ssl is not True:
        return ssl
    from ssl import PROTOCOL_TLS_CLIENT, SSLContext

    return SSLContext(PROTOCOL_TLS_CLIENT)


def _addresses(host, port):
    return asyncio.get_event_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)


async def _connected(family, kind, protocol, address):
    s = socket.socket(family, kind, protocol)
    try:
        s.setblocking(False)
        try:
            s.connect(address)
        except OSError as error:
            if error.errno != errno.EINPROGRESS:
                raise
        yield core._io_queue.queue_write(s)
        try:
            # The second time it says what became of the first.
            s.connect(address)
        except OSError as error:
            if error.errno != _EISCONN:
                raise
    except BaseException:
        s.close()
        raise
    return s


async def open_connection(host, port, ssl=None, server_hostname=None):
    context = _client_context(ssl) if ssl else None
    failure = None
    for family, kind, protocol, _, address in await _addresses(host, port):
        try:
            s = await _connected(family, kind, protocol, address)
        except OSError as error:
            failure = error
            continue
        try:
            if context:
                s = _encrypted(s, context, server_hostname=server_hostname or host)
        except BaseException:
            s.close()
            raise
        stream = asyncio.StreamReader(s, {"socket": s, "peername": address})
        return stream, stream
    raise failure


class Server:
    # state: whether it was closed on purpose.
    def __init__(self, callback, context=None):
        self.state = False
        self.task = None
        self._callback = callback
        self._context = context

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.close()
        await self.wait_closed()

    def close(self):
        self.state = True
        # A callback that is no coroutine runs in the server's own task, which sees to it by itself.
        if core.cur_task is not self.task:
            self.task.cancel()

    async def wait_closed(self):
        # One that was cancelled has had somebody to tell.
        if not self.task.done():
            await self.task

    async def serve_forever(self):
        try:
            await self.task
        finally:
            self.close()

    def is_serving(self):
        return not self.task.done()

    def _report(self, message, error):
        asyncio.get_event_loop().call_exception_handler(
            {"message": message, "exception": error, "future": self.task}
        )

    def _begin(self, s, address):
        s.setblocking(False)
        try:
            if self._context:
                s = _encrypted(s, self._context, server_side=True)
            stream = asyncio.StreamReader(s, {"socket": s, "peername": address})
            handler = self._callback(stream, stream)
            if handler is not None:
                core.create_task(handler)
        except Exception as error:
            s.close()
            self._report("connection callback failed", error)

    # Takes everybody who has connected. False if there was no descriptor for one more.
    def _accept(self, s):
        while not self.state:
            try:
                accepted, address = s.accept()
            except OSError as error:
                if error.errno == errno.EAGAIN:
                    return True
                if error.errno == _ECONNABORTED:
                    continue
                self._report("connection not accepted", error)
                return False
            self._begin(accepted, address)
        return True

    async def _serve(self, s):
        try:
            while not self.state:
                yield core._io_queue.queue_read(s)
                if not self._accept(s):
                    await core.sleep_ms(_BREATHER_MS)
        except core.CancelledError:
            if not self.state:
                raise
        finally:
            s.close()


async def start_server(callback, host, port, backlog=5, ssl=None):
    if ssl is True:
        raise TypeError("ssl must be a context with a certificate")
    family, kind, protocol, _, address = (await _addresses(host, port))[0]
    s = socket.socket(family, kind, protocol)
    try:
        s.setblocking(False)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(address)
        s.listen(backlog)
    except BaseException:
        s.close()
        raise
    server = Server(callback, ssl or None)
    server.sockets = [s]
    server.task = core.create_task(server._serve(s))
    try:
        # It has to begin before it can be cancelled in the right way.
        await core.sleep_ms(0)
    except core.CancelledError:
        server.task.cancel()
        raise
    return server
