# open_connection and start_server: streams over TCP.
import asyncio
import errno
import socket
from asyncio import core

# How long a server waits when the system has no descriptor left for one more connection.
_BREATHER_MS = 100
_EISCONN = 106
_ECONNABORTED = 103


def _no_ssl(ssl):
    if ssl:
        raise NotImplementedError("ssl")


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
    _no_ssl(ssl)
    failure = None
    for family, kind, protocol, _, address in await _addresses(host, port):
        try:
            s = await _connected(family, kind, protocol, address)
        except OSError as error:
            failure = error
        else:
            stream = asyncio.StreamReader(s, {"socket": s, "peername": address})
            return stream, stream
    raise failure


class Server:
    # state: whether it was closed on purpose.
    def __init__(self, callback):
        self.state = False
        self.task = None
        self._callback = callback

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.close()
        await self.wait_closed()

    def close(self):
        self.state = True
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
        stream = asyncio.StreamReader(s, {"socket": s, "peername": address})
        try:
            handler = self._callback(stream, stream)
            if handler is not None:
                core.create_task(handler)
        except Exception as error:
            s.close()
            self._report("connection callback failed", error)

    # Takes everybody who has connected. False if there was no descriptor for one more.
    def _accept(self, s):
        while True:
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

    async def _serve(self, s):
        try:
            while True:
                yield core._io_queue.queue_read(s)
                if not self._accept(s):
                    await core.sleep_ms(_BREATHER_MS)
        except core.CancelledError:
            if not self.state:
                raise
        finally:
            s.close()


async def start_server(callback, host, port, backlog=5, ssl=None):
    _no_ssl(ssl)
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
    server = Server(callback)
    server.sockets = [s]
    server.task = core.create_task(server._serve(s))
    try:
        # It has to begin before it can be cancelled in the right way.
        await core.sleep_ms(0)
    except core.CancelledError:
        server.task.cancel()
        raise
    return server
