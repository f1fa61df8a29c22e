# umqtt.simple and umqtt.robust as clients of a small broker, which runs in a thread. The argument is a free port.
import _thread
import socket
import sys

from umqtt import robust, simple

PORT = int(sys.argv[1])
ready, done = _thread.allocate_lock(), _thread.allocate_lock()
ready.acquire()
done.acquire()


def read_packet(connection):
    # The packet's type and its bytes; None at the end.
    first = connection.read(1)
    if not first:
        return None, b""
    length = shift = 0
    while True:
        byte = connection.read(1)[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return first[0], connection.read(length) if length else b""


def take_text(packet, at):
    length = packet[at] << 8 | packet[at + 1]
    return packet[at + 2 : at + 2 + length], at + 2 + length


def publish(connection, topic, message, quality, number=7):
    body = len(topic).to_bytes(2, "big") + topic
    if quality:
        body += number.to_bytes(2, "big")
    body += message
    length = len(body)
    head = bytes([0x30 | quality << 1])
    while length > 0x7F:
        head += bytes([length & 0x7F | 0x80])
        length >>= 7
    connection.write(head + bytes([length]) + body)


def serve(connection):
    # Echoes what is published, as a broker does to who has subscribed; hangs up on "hang up".
    while True:
        kind, packet = read_packet(connection)
        if kind is None or kind == 0xE0:
            seen.append("end" if kind is None else "disconnect")
            break
        if kind == 0x10:
            client, at = take_text(packet, 10)
            rest = []
            while at < len(packet):
                text, at = take_text(packet, at)
                rest.append(text)
            seen.append(("connect", packet[7], packet[8] << 8 | packet[9], client, rest))
            connection.write(b"\x20\x02\x00" + (b"\x05" if client == b"unwanted" else b"\x00"))
        elif kind == 0x82:
            topic, at = take_text(packet, 2)
            seen.append(("subscribe", topic, packet[at]))
            connection.write(b"\x90\x03" + packet[:2] + (b"\x80" if topic == b"secret" else packet[at:]))
        elif kind == 0xA2:
            seen.append(("unsubscribe", take_text(packet, 2)[0]))
            connection.write(b"\xb0\x02" + packet[:2])
        elif kind == 0xC0:
            connection.write(b"\xd0\x00")
        elif kind == 0x40:
            seen.append(("acknowledged", packet))
        else:
            topic, at = take_text(packet, 0)
            quality = kind >> 1 & 3
            if quality:
                number, at = packet[at : at + 2], at + 2
                connection.write(b"\x40\x02" + number)
            message = packet[at:]
            seen.append(("publish", topic, len(message), quality, kind & 1))
            if message == b"hang up":
                break
            publish(connection, topic, message, quality)
    connection.close()


def broker(connections):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(socket.getaddrinfo("127.0.0.1", PORT)[0][-1])
    listener.listen(5)
    ready.release()
    for _ in range(connections):
        serve(listener.accept()[0])
    listener.close()
    done.release()


def show(topic, message):
    print("got", topic, message if len(message) < 50 else len(message))


seen = []
_thread.start_new_thread(broker, (4,))
ready.acquire()

client = simple.MQTTClient(b"one", "127.0.0.1", PORT, user=b"user", password=b"secret", keepalive=300)
client.set_callback(show)
client.set_last_will(b"will", b"gone", retain=True, qos=1)
print("session", client.connect())
client.subscribe(b"topic/#")
client.publish(b"topic/a", b"first")
client.wait_msg()
client.publish(b"topic/b", b"second", retain=True, qos=1)
client.wait_msg()
client.publish(b"topic/long", b"x" * 20000)
client.wait_msg()
client.ping()
print("ping", client.wait_msg())
print("nothing", client.check_msg())
try:
    client.subscribe(b"secret", qos=1)
except simple.MQTTException as error:
    print("MQTTException", error)
client.disconnect()

unwanted = simple.MQTTClient("unwanted", "127.0.0.1", PORT)
try:
    unwanted.connect()
except simple.MQTTException as error:
    print("MQTTException", error)
unwanted.sock.close()


class Quick(robust.MQTTClient):
    DELAY = 0

    def log(self, in_reconnect, error):
        print("again", in_reconnect, type(error).__name__)

    def connect(self, clean_session=True, timeout=None):
        result = super().connect(clean_session, timeout)
        self.subscribe(b"robust")
        return result


lasting = Quick("robust", "127.0.0.1", PORT)
lasting.set_callback(show)
lasting.connect()
lasting.publish(b"robust", b"before")
lasting.wait_msg()
lasting.publish(b"robust", b"hang up")
# The broker hangs up and says no more: whoever waits connects anew, and hears of what follows.
lasting.reconnect()
lasting.publish(b"robust", b"after")
lasting.wait_msg()
lasting.disconnect()
done.acquire()
for line in seen:
    print(line)
