# Strings, bytes, numbers and formatting.

words = 'some words to take apart'.split()
print(words, ' '.join(words), '-'.join(str(n) for n in range(5)), 'x' * 30)
print('%s is %5.2f, %r, %05d and %x' % ('it', 2.5, 'that', 42, 255))
print('{0:>10}|{1!r}|{a:^{width}}'.format(12, 'q', a='mid', width=9), f'{words[0]!r:>8} {1 + 1=}')
print('héllo wörld'.upper(), 'abc'.replace('b', 'bbb'), 'a,b,c'.partition(','), ' pad '.strip(), 'é' * 3)
print('text'.encode(), b'bytes'.decode(), bytes(range(5)), b'a' + b'b', b'x' * 4, bytes('é', 'utf-8'))
buffer = bytearray(b'abc')
buffer += b'defghijklmnop'
buffer.append(33)
buffer.extend(range(65, 70))
buffer[2:4] = b'-----'
print(buffer, memoryview(buffer)[1:4][0], bytes(memoryview(buffer)[2:6]), buffer[3:])
big = 3 ** 200
print(big, -big // 7, big % 1000007, big >> 90, big.to_bytes(64, 'big')[:3], int.from_bytes(b'\xff' * 12, 'little'))
print(int('123456789' * 4), hex(1 << 70), 2 ** 63 - 1, (1 << 62) * 4, 1.5e10, 2.5 ** 3, complex(1, 2) * 2)
print(repr('quote\'s \n'), str([1.5, 'a', None]), chr(8364), ord('é'), int('0x1f', 16))
print(eval('1 + len("abc")'))
exec('value = [n for n in range(3)]\nprint(value)')
