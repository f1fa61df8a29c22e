# Lists: methods, slices, slice assignment, comparison, sorting.
a = [3, 1, 2]
a.append(5)
a.extend((6, 7))
a.insert(0, "first")
a.insert(-1, "before last")
a.insert(100, "end")
print(a, len(a), a.index(5), a.count(3), a.pop(), a.pop(0), a.pop(-2))
a.remove(1)
print(a, 5 in a, 99 not in a)
a.reverse()
b = a.copy()
b.clear()
print(a, b, a + [1], a * 2, 2 * [0], [1] * 0, [[0] * 2] * 2)
s = list(range(10))
print(s[2:5], s[:3], s[7:], s[-3:], s[::2], s[::-1], s[8:2:-2], s[5:2], s[-100:2], s[100:], s[:])
s[2:5] = ("a", "b", "c")
print(s)
s[2:5] = []
print(s)
s[1:1] = [10, 20]
print(s)
s[len(s):] = [99]
s[:2] = [0]
print(s)
del s[0], s[-1], s[1:3]
print(s)
s = [0, 1, 2, 3]
s += [4]
s *= 2
t = s
t += (5,)
print(s is t, s)
s[-1] = "z"
s[0] += 100
print(s)
print([1, 2] == [1, 2], [1, 2] < [1, 3], [1] < [1, 0], [2] > [1, 9], [] == [], [1] != [1.0], [[1], 2] == [[1], 2])
print(sorted([3, 1, 2]), sorted("bca", reverse=True), sorted([-3, 1, 2], key=abs), sorted([(2, "b"), (1, "z"), (2, "a")]))
words = ["banana", "fig", "apple", "kiwi"]
words.sort(key=len)
print(words)
words.sort(reverse=True)
print(words)
print(min(words), max(words, key=len), sum([[1], [2]], []), list(reversed([1, 2, 3])))
print(list(enumerate("ab")), list(enumerate("ab", 5)), list(zip([1, 2, 3], "ab")), list(map(str, [1, 2])), list(filter(None, [0, 1, "", "a"])))
print(list(map(lambda x, y: x + y, [1, 2], [10, 20])), list(filter(lambda x: x > 1, [1, 2, 3])), list("abc"), list({"k": 1}), list(()))
nested = [1, [2, [3]]]
nested[1][1].append(4)
print(nested, str(nested), repr(["a", None, 1.5, (1,), b"b", {1: 2}]))
loop = []
loop.append(loop)
print(loop[0] is loop, len(loop))
for bad in (lambda: [][0], lambda: [1].pop(5), lambda: [].pop(), lambda: [1].remove(2), lambda: [1].index(2), lambda: [1]["a"], lambda: [1] + (2,), lambda: [1][None], lambda: min([])):
    try:
        print(bad())
    except (IndexError, ValueError, TypeError) as error:
        print(type(error).__name__ + ":", error)
pairs = [("b", 1), ("a", 3), ("c", 0), ("d", 2)]
print(sorted(pairs, key=lambda pair: pair[1]))
big = [i * 7919 % 1000 for i in range(1000)]
print(sorted(big) == list(range(1000)), sorted(big, reverse=True)[:3], len(big))


def changing(items):
    for item in items:
        if item < 3:
            items.append(item + 1)
        yield item


print(list(changing([1])))
