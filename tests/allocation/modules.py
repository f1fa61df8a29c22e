# What the library makes.

import array
import collections
import io
import random
import struct
import sys
import time

values = array.array('h', [1, 2, 3])
values.append(4)
values.extend([5, 6])
print(values, bytes(values)[:4], list(memoryview(values)[1:3]))
queue = collections.deque((), 3)
for number in range(5):
    queue.append(number)
print(list(queue), queue.popleft(), len(queue))
Pair = collections.namedtuple('Pair', ('left', 'right'))
pair = Pair(1, right=2)
print(pair, pair.left, pair[1], collections.OrderedDict([('a', 1), ('b', 2)]))
stream = io.StringIO('first line\nsecond')
print(stream.readline(), stream.read(3), stream.read())
stream = io.BytesIO()
for number in range(20):
    stream.write(struct.pack('<HB', number, 7))
print(len(stream.getvalue()), struct.unpack('<HBHB', stream.getvalue()[:6]))
random.seed(3)
print(len(str(random.getrandbits(20))) > 0, random.choice([4]), time.ticks_add(5, 6), sys.byteorder)
try:
    struct.pack('B', 'x')
except TypeError as error:
    sys.print_exception(error, io.StringIO())
    print('caught')
