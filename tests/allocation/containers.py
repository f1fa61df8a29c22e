# Lists, dicts, sets, tuples: made, grown, changed, copied, sorted.

numbers = [5, 3, 8, 1]
numbers.append(7)
numbers.extend(range(4))
numbers[1:3] = [9] * 6
numbers.insert(0, 2)
numbers += (1, 2)
print(numbers, numbers[::-2], numbers * 2)
print(sorted(numbers, key=lambda n: -n), sorted('cab'), list(reversed(numbers[:3])))
numbers.sort(reverse=True)
print(numbers, numbers.pop(), numbers.index(9), min(numbers), max(numbers, key=str), sum(numbers))

table = {'a': 1, 'b': 2}
for key in range(12):
    table[key] = str(key) * 2
table.update(c=3, **{'d': 4})
table.setdefault('e', []).append(5)
del table['a']
print(table, list(table.items())[:3], table.copy() == table, table.pop('b'), dict.fromkeys('xy', 0))

group = {1, 2, 3}
group.add(4)
group |= {n * n for n in range(5)}
print(sorted(group & {1, 4, 9}), sorted(group - {1}), sorted(group ^ {1, 77}), len(group.union([8], {9})))
group.update(range(20))
group.difference_update((0, 1))
print(len(group), frozenset((1, 2)) == {1, 2}, {frozenset((1,)): 1})

first, *rest = (1, 2, 3, 4)
print(first, rest, (1, 2) + (3, 4), (0,) * 5, tuple([n, n] for n in range(2)))
print(list(zip(range(3), 'abc')), list(enumerate('ab', 1)), list(map(str, [1, 2])), list(filter(None, [0, 1])))
print({key: value for key, value in zip('ab', [1, 2])}, [[n] for n in range(3) if n], any([0, 1]), all([]))


def names(**given):
    return sorted(given)


large = {'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5, 'f': 6, 'g': 7, 'h': 8, 'i': 9, 'j': 10}
print(large, len({'x', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}), names(**large), names(x=1, **large))
