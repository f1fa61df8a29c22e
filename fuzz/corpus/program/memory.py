held = []
try:
    while True:
        held.append([bytearray(1000), 'x' * 100, {len(held): (1, 2, 3, 4)}])
except MemoryError as error:
    count = len(held)
    held = None
    print(count > 50)
def deep(n):
    return [deep(n + 1)] if n < 10000 else n
try:
    deep(0)
except (RuntimeError, MemoryError) as error:
    print(type(error))
print(len(str(7 ** 5000)))
