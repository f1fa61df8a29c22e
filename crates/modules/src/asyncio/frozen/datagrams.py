# Datagram endpoints: a protocol of the program's is told what comes, through a transport it sends.
import asyncio
import errno
import socket
from asyncio import core

# A protocol is asked to pause when more than this waits to be sent, and to go on when less than that does.
_HIGH = 65536
_LOW = 16384
_MOST = 262144
_SO_REUSEPORT = 15


class BaseProtocol:
    def connection_made(self, transport):
        pass

    def connection_lost(self, exc):
        pass

    def pause_writing(self):
        pass

    def resume_writing(self):
        pass


class DatagramProtocol(BaseProtocol):
    def datagram_received(self, data, addr):
        pass

    def error_received(self, exc):
        pass


# An address as CPython shows it. Programs may give either form.
def _shown(address):
    if not isinstance(address, (bytes, bytearray)):
        return address
    if not address:
        return None
    parts = socket.sockaddr(address)
    if parts[0] == socket.AF_UNIX:
        return bytes(parts[1]).rstrip(b"\0").decode()
    return (socket.inet_ntop(parts[0], parts[1]),) + tuple(parts[2:])


class BaseTransport:
    def __init__(self, extra=None):
        self._extra = extra or {}

    def get_extra_info(self, name, default=None):
        return self._extra.get(name, default)


class DatagramTransport(BaseTransport):
    def __init__(self, s, protocol, peer):
        super().__init__(
            {"socket": s, "sockname": _shown(s.getsockname()), "peername": None}
        )
        self._socket = s
        self._protocol = protocol
        self._peer = _shown(peer)
        # What could not be sent at once, with the addresses.
        self._waiting = []
        self._size = 0
        self._paused = False
        self._closing = False
        self._lost = False
        self._writer = None
        self._reader = None

    def _begin(self):
        if not self._closing:
            self._reader = core.create_task(self._receive())

    def get_protocol(self):
        return self._protocol

    def set_protocol(self, protocol):
        self._protocol = protocol

    def is_closing(self):
        return self._closing

    def get_write_buffer_size(self):
        return self._size

    # Calls the protocol; what goes wrong there is told, and concerns nobody else.
    def _tell(self, function, *arguments):
        try:
            function(*arguments)
        except Exception as error:
            self._report("exception in a datagram protocol", error)

    def _report(self, message, error):
        asyncio.get_event_loop().call_exception_handler(
            {"message": message, "exception": error, "transport": self, "protocol": self._protocol}
        )

    async def _receive(self):
        s = self._socket
        try:
            while True:
                yield core._io_queue.queue_read(s)
                # One at a time, so that a flood of them keeps nobody else from its turn.
                try:
                    data, address = s.recvfrom(_MOST)
                except OSError as error:
                    if error.errno != errno.EAGAIN:
                        self._tell(self._protocol.error_received, error)
                else:
                    self._tell(self._protocol.datagram_received, data, _shown(address))
                # The protocol may have closed the transport.
                if self._closing:
                    return
        except core.CancelledError:
            if not self._closing:
                self.abort()

    # False if it has to wait until the socket takes more.
    def _send(self, data, address):
        try:
            if address is None or self._peer:
                self._socket.send(data)
            else:
                self._socket.sendto(data, address)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return False
            self._tell(self._protocol.error_received, error)
        except Exception as error:
            self._report("datagram not sent", error)
            self._end(error)
        return True

    async def _drain(self):
        while self._waiting:
            yield core._io_queue.queue_write(self._socket)
            while self._waiting and self._send(*self._waiting[0]):
                if self._waiting:
                    self._size -= len(self._waiting.pop(0)[0])
            if self._paused and self._size <= _LOW:
                self._paused = False
                self._tell(self._protocol.resume_writing)
        self._writer = None
        if self._closing:
            self._finish(None)

    def sendto(self, data, addr=None):
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(
                "data argument must be a bytes-like object, not {!r}".format(type(data).__name__)
            )
        if not data:
            return
        addr = _shown(addr)
        if self._peer and addr is not None and addr != self._peer:
            raise ValueError("Invalid address: must be None or {}".format(self._peer))
        if self._lost:
            return
        if not self._waiting and self._send(data, addr):
            return
        self._waiting.append((bytes(data), addr))
        self._size += len(data)
        if self._writer is None:
            self._writer = core.create_task(self._drain())
        if self._size > _HIGH and not self._paused:
            self._paused = True
            self._tell(self._protocol.pause_writing)

    def close(self):
        if self._closing:
            return
        self._closing = True
        self._stop(self._reader)
        if not self._waiting:
            self._finish(None)

    def abort(self):
        self._end(None)

    def _end(self, error):
        if self._lost:
            return
        self._closing = True
        self._waiting.clear()
        self._size = 0
        self._stop(self._reader)
        self._stop(self._writer)
        self._finish(error)

    def _stop(self, task):
        if task is not None and task is not core.cur_task:
            task.cancel()

    def _finish(self, error):
        if not self._lost:
            self._lost = True
            asyncio.get_event_loop().call_soon(self._connection_lost, error)

    def _connection_lost(self, error):
        try:
            self._protocol.connection_lost(error)
        finally:
            self._socket.close()


# Pairs of a local and a remote address by the family and the protocol that both have.
async def _pairs(local_addr, remote_addr, family, proto, flags):
    if not (local_addr or remote_addr):
        if family == 0:
            raise ValueError("unexpected address family")
        return [(family, proto, None, None)]
    if family == socket.AF_UNIX:
        for address in (local_addr, remote_addr):
            if address is not None and not isinstance(address, str):
                raise TypeError("string is expected")
        name = lambda path: path and family.to_bytes(2, "little") + path.encode()
        return [(family, proto, name(local_addr), name(remote_addr))]
    found = {}
    for place, address in enumerate((local_addr, remote_addr)):
        if address is None:
            continue
        if not (isinstance(address, tuple) and len(address) == 2):
            raise TypeError("2-tuple is expected")
        host, port = address
        answers = await asyncio.get_event_loop().getaddrinfo(
            host or "0.0.0.0", port, family=family, type=socket.SOCK_DGRAM, proto=proto, flags=flags
        )
        for its_family, _, its_protocol, _, resolved in answers:
            pair = found.setdefault((its_family, its_protocol), [None, None])
            if pair[place] is None:
                pair[place] = resolved
    pairs = [
        key + tuple(pair)
        for key, pair in found.items()
        if (pair[0] or not local_addr) and (pair[1] or not remote_addr)
    ]
    if not pairs:
        raise ValueError("can not get address information")
    return pairs


def _opened(family, proto, local, remote, reuse_port, allow_broadcast):
    s = socket.socket(family, socket.SOCK_DGRAM, proto)
    try:
        s.setblocking(False)
        if reuse_port:
            s.setsockopt(socket.SOL_SOCKET, _SO_REUSEPORT, 1)
        if allow_broadcast:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if local:
            s.bind(local)
        if remote and not allow_broadcast:
            s.connect(remote)
    except BaseException:
        s.close()
        raise
    return s


async def _create_datagram_endpoint(
    protocol_factory, local_addr, remote_addr, family, proto, flags, reuse_port, allow_broadcast, sock
):
    remote = None
    connected = False
    if sock is not None:
        if local_addr or remote_addr or family or proto or flags or reuse_port or allow_broadcast:
            raise ValueError("socket modifier keyword arguments can not be used when sock is specified.")
        sock.setblocking(False)
        s = sock
    else:
        failure = None
        for family, proto, local, remote in await _pairs(
            local_addr, remote_addr, family or 0, proto or 0, flags or 0
        ):
            try:
                s = _opened(family, proto, local, remote, reuse_port, allow_broadcast)
                break
            except OSError as error:
                failure = failure or error
        else:
            raise failure
        connected = bool(remote) and not allow_broadcast
    loop = asyncio.get_event_loop()
    protocol = protocol_factory()
    transport = DatagramTransport(s, protocol, remote)
    if connected:
        transport._extra["peername"] = transport._peer
    ready = loop.create_future()
    loop.call_soon(protocol.connection_made, transport)
    loop.call_soon(transport._begin)
    loop.call_soon(lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    except BaseException:
        transport.close()
        raise
    return transport, protocol
