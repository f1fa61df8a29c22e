# Loops with all their exits, conditions, and short circuits.
for i in range(3):
    if i == 1:
        continue
    print(i)
else:
    print("no break")
for i in range(3):
    if i == 1:
        break
else:
    print("not reached")
print("left at", i)
for _ in []:
    pass
else:
    print("empty")
n = 3
while n:
    n -= 1
    if n == 1:
        continue
    print("n", n)
else:
    print("while else")
while True:
    n += 1
    if n > 3:
        break
else:
    print("not reached")
print(n)
for i in range(3):
    for j in range(3):
        if j > i:
            break
        if i == j == 1:
            continue
        print(i, j)


def seen(value, result):
    print("seen", value)
    return result


print(seen("a", 0) or seen("b", "") or seen("c", "last"))
print(seen("d", 1) and seen("e", []) and seen("f", 1))
print(not seen("g", None), not [0], not not 5)
print(1 < seen("h", 2) < 3, 1 < seen("i", 0) < seen("j", 9))
print("yes" if seen("k", True) else seen("l", 0))
print(1 if 0 else 2 if 0 else 3, 0 or None, 1 and 2, 0 and 1 or 2)
print(1 < 2 > 1, 3 == 3 != 4, 1 in [1] in [[1]], 1 is 1 is not None)
x = 5
if x > 10:
    print("large")
elif x > 3:
    print("middle")
else:
    print("small")
if x: print("one line"); print("two statements")
for c in "ab": print(c, end=" ")
print()
for i in range(10, 0, -3):
    print(i, end=",")
print()
for i in range(5):
    i *= 10
print(i)
items = [1, 2, 3]
for item in items:
    if len(items) < 6:
        items.append(item * 10)
print(items)


def find(rows, wanted):
    for row in rows:
        for cell in row:
            if cell == wanted:
                return row
    return None


print(find([[1, 2], [3, 4]], 3), find([], 1))


def nothing():
    pass


print(nothing(), (lambda: ...)() is Ellipsis)
pass
print(bool(""), bool("0"), bool(0.0), bool([]), bool({}), bool(()), bool(None), bool(range(0)), bool(b""))
