# stress: 1000000
# run: -X heapsize=200K
# Containers are filled while memory runs out again and again: with the collector switched off, every collection is one
# that an allocation asked for in the middle of something, which is then done once more.
import gc

gc.disable()


class Key:
    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return self.number % 7

    def __eq__(self, other):
        # Garbage, so that comparing runs out of memory too.
        return [self.number] == [other.number]

    def __lt__(self, other):
        return (self.number,) < (other.number,)


class Iterable:
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        for number in range(self.count):
            yield [number]


class Mapping:
    def keys(self):
        return (str(number) for number in range(30))

    def __getitem__(self, key):
        return [key]


def check(got, expected):
    if got != expected:
        print("wrong:", got, expected)


for round in range(30):
    check(list(Iterable(50)), [[number] for number in range(50)])
    check(tuple(map(str, range(40))), tuple([str(number) for number in range(40)]))
    check(len(set(str(number % 20) for number in range(100))), 20)
    check(dict((str(number), [number]) for number in range(30)), {str(number): [number] for number in range(30)})
    check(dict(Mapping(), extra=1)["29"], ["29"])
    check(dict([str(number), number] for number in range(20))["19"], 19)
    check(sorted([str(number) for number in range(40)], key=lambda text: [int(text)]), [str(number) for number in range(40)])
    keys = [Key(number) for number in range(20)]
    check([key.number for key in sorted(keys, reverse=True)], list(range(19, -1, -1)))
    check(len({key: None for key in keys + [Key(number) for number in range(25)]}), 25)
    check(len(set(keys) | {Key(number) for number in range(30)}), 30)
    check(len(set(keys) ^ {Key(number) for number in range(10, 30)}), 20)
    check(len(set(keys).symmetric_difference(Key(number) for number in range(10, 30))), 20)
    check(len(set(keys).intersection([Key(1), Key(50)], (Key(number) for number in range(3)))), 1)
    grown = []
    for number in range(50):
        grown.append([number])
        grown.extend(str(digit) for digit in range(3))
        grown[1:2] = [[], []]
        grown += (("x", number),)
    check(len(grown), 50 * 6)
    check([*Iterable(5), *(str(number) for number in range(5))][5:], ["0", "1", "2", "3", "4"])
    check({**{str(number): [number] for number in range(20)}, **Mapping()}["3"], ["3"])
    check([(a, b) for a, b in zip(Iterable(5), map(str, range(5)))][4], ([4], "4"))
    check(dict.fromkeys((str(number) for number in range(30)), 0)["7"], 0)
    first, *middle, last = Iterable(30)
    check((first, len(middle), last), ([0], 28, [29]))
    check(len(list({str(number): number for number in range(40)}.items())), 40)
print("done")
