# select: descriptors and objects in one poll, iteration, what is reported once, and threads that go on meanwhile.
import _thread
import errno
import io
import micropython
import select
import socket
import time

a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for s in (a, b):
    s.bind(("127.0.0.1", 0))


class Source(io.IOBase):
    def __init__(self):
        self.ready = 0
        self.asked = 0

    def ioctl(self, request, argument):
        if request != 3:
            return -1
        self.asked += 1
        return self.ready & argument if self.ready >= 0 else self.ready


names = {id(a): "a", id(b): "b"}


def shown(pairs):
    return [(names.get(id(thing), type(thing).__name__), events) for thing, events in pairs]


source = Source()
ring = micropython.RingIO(4)
poller = select.poll()
for thing in (a, b, source, ring):
    poller.register(thing, select.POLLIN)
print(shown(poller.poll(0)), source.asked)
t = time.ticks_ms()
print(shown(poller.poll(20)), time.ticks_diff(time.ticks_ms(), t) >= 20, source.asked > 1)
ring.write(b"x")
source.ready = 1
print(shown(poller.poll()))
poller.modify(ring, select.POLLOUT)
poller.modify(a, select.POLLIN | select.POLLOUT)
print([(type(thing).__name__, events) for thing, events in poller.ipoll(0, 1)], shown(poller.poll(0)))
source.ready = -5
poller.modify(source, select.POLLIN)
try:
    poller.poll(0)
except OSError as error:
    print(error.errno)
poller.unregister(source)
poller.unregister(ring)
poller.unregister(a)
poller.unregister(a)
try:
    poller.modify(a, 1)
except OSError as error:
    print(error.errno == errno.ENOENT)

# Another thread makes it ready.
counted = 0


def send_later():
    global counted
    for _ in range(100):
        counted += 1
        time.sleep_ms(0)
    a.sendto(b"now", b.getsockname())


_thread.start_new_thread(send_later, ())
print(shown(poller.poll()), counted)
print([len(part) for part in select.select([b], [a, b], [a], 1)], select.select([a], [], [], 0.001))
b.recv(10)
b.close()
print(poller.poll(0)[0][1])
for wrong in (lambda: poller.register(-1), lambda: poller.register(b), lambda: poller.register(3.5)):
    try:
        wrong()
    except Exception as error:
        print(type(error))
