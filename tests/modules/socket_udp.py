# Datagrams, addresses, and options.
import errno
import select
import socket

a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for s in (a, b):
    s.bind(("127.0.0.1", 0))
print(a.sendto(b"hello", b.getsockname()))
data, sender = b.recvfrom(100)
print(data, sender == a.getsockname())
print(b.sendto(b"", sender), a.recvfrom(10)[0])
a.connect(b.getsockname())
print(a.send(b"connected"), b.recv(4), a.getpeername() == b.getsockname())
b.settimeout(0)
try:
    b.recv(1)
except OSError as error:
    print(error.errno == errno.EAGAIN)
a.send(b"to be looked at")
poller = select.poll()
poller.register(b, select.POLLIN)
poller.poll(1000)
print(b.recv(5, socket.MSG_PEEK), b.recv(100))

print(socket.getaddrinfo("127.0.0.1", 80, 0, socket.SOCK_STREAM))
print(len(socket.getaddrinfo("localhost", "8080")), socket.getaddrinfo("::1", 1)[0][0] == socket.AF_INET6)
print(socket.inet_pton(socket.AF_INET, "1.2.3.4"), socket.inet_ntop(socket.AF_INET6, bytes(15) + b"\x01"))
for wrong in (
    lambda: socket.inet_pton(socket.AF_INET, "1.2.3"),
    lambda: socket.getaddrinfo("127.0.0.1", "no port"),
    lambda: a.connect(b"\x02"),
    lambda: a.connect(("127.0.0.1", "x")),
    lambda: a.setsockopt(1, 12345, 1),
    lambda: a.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, b""),
    lambda: a.recv(-1),
    lambda: a.send(1),
    lambda: a.settimeout(-1),
    lambda: socket.socket(12345),
):
    try:
        print("no error", wrong())
    except Exception as error:
        print(repr(error))
a.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
a.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, b"\x01\x00\x00\x00")
