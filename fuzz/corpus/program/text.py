for template in '%5.2f|%-5s|%05d|%x|%c|%r|%%', '{:>10}|{!r}|{:<5}|{:^7.2f}|{:,}|{:e}':
    for value in 1, -2.5, 'text', None, [1], 2 ** 70, float('nan'):
        for attempt in (lambda: template % ((value,) * 6), lambda: template.format(*(value,) * 6)):
            try:
                print(attempt())
            except (TypeError, ValueError) as error:
                print(error)
print('a,b,,c'.split(','), 'x'.join('abc'), 'aXbX'.replace('X', 'yy'), 'abc'.partition('b'), '\u00e9'.encode())
print('abcdef'[::-2], b'abc'[1:], [1, 2, 3][5:1:-1], 'abc'.find('c', -1), int('0x1f', 0), float('1e5'))
