# TCP sockets: threads that wait for each other, timeouts, what a closed or a non-blocking one answers.
import _thread
import errno
import socket
import time


def listening():
    s = socket.socket()
    s.bind(socket.getaddrinfo("127.0.0.1", 0)[0][-1])
    s.listen(5)
    return s, s.getsockname()


def expect(name, action, *arguments):
    try:
        print("no error", action(*arguments))
    except OSError as error:
        print(error.errno == getattr(errno, name) or errno.errorcode[error.errno])


server, address = listening()


def echo():
    client, peer = server.accept()
    print(socket.inet_ntop(socket.AF_INET, socket.sockaddr(peer)[1]))
    while True:
        line = client.readline()
        if not line:
            break
        client.write(b"echo " + line)
    client.close()


_thread.start_new_thread(echo, ())
client = socket.socket()
client.connect(address)
client.sendall(b"one\ntwo\nhalf")
print(client.readline(), client.readline())
client.settimeout(0.02)
expect("ETIMEDOUT", client.recv, 1)
expect("ETIMEDOUT", client.read, 1)
client.setblocking(False)
expect("EAGAIN", client.recv, 1)
print(client.read(1), client.readline(), client.readinto(bytearray(3)))
client.setblocking(True)
client.shutdown(1)
print(client.readline(), client.readline(), client.read())
client.close()
print(client.fileno(), client)
for action in (client.recv, client.listen):
    expect("EBADF", action, 1)
expect("EBADF", client.send, b"x")

# Nobody listens.
s = socket.socket()
gone, nowhere = listening()
gone.close()
expect("ECONNREFUSED", s.connect, nowhere)
s.close()

# More than fits into the system's buffers, while the other end reads slowly.
total = 0


def drain():
    global total
    client, _ = server.accept()
    buffer = bytearray(100_000)
    while True:
        count = client.recv_into(buffer)
        if not count:
            break
        total += count
    client.close()


_thread.start_new_thread(drain, ())
with socket.socket() as big:
    big.connect(socket.getaddrinfo("127.0.0.1", socket.sockaddr(address)[2])[0][-1])
    print(big.write(bytes(3_000_000)))
while total < 3_000_000:
    time.sleep_ms(1)
print(total)

# One who waits is told when somebody else closes the socket.
closed = []


def wait():
    try:
        server.accept()
    except OSError as error:
        closed.append(error.errno == errno.EBADF)


server.settimeout(1)
_thread.start_new_thread(wait, ())
time.sleep_ms(5)
server.close()
while not closed:
    time.sleep_ms(1)
print(closed)
