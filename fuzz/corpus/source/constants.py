from micropython import const
_A = const(1 << 30)
B = const(_A + 1)
print(1 + 2 * 3 ** 4 // 5 % 6, 'a' * 3, (1, 2)[0], not 1, -(-1), 1 / 0, 1 << 100)
if __debug__ and 0: unreachable
while 1: break
assert (a, 'b')
