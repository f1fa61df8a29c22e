# random: the same numbers from the same seed as MicroPython's.
import random

random.seed(1)
print([random.getrandbits(8) for _ in range(5)], random.random(), random.uniform(1, 5))
print(random.randrange(10), random.randrange(1, 10, 3), random.choice("abc"), random.randint(1, 6))
random.seed(5)
first = [random.randint(-3, 3) for _ in range(200)]
random.seed(5)
print(first == [random.randint(-3, 3) for _ in range(200)], min(first), max(first))
print(all(0 <= random.random() < 1 for _ in range(1000)))
print({random.randrange(5, 0, -2) for _ in range(100)} == {5, 3, 1}, random.getrandbits(0))


class Sequence:
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return index * 10


print(random.choice(Sequence()) in (0, 10, 20))
for bad in (
    lambda: random.randrange(0),
    lambda: random.randrange(1, 5, 0),
    lambda: random.randrange(5, 1),
    lambda: random.randint(3, 1),
    lambda: random.choice([]),
    lambda: random.choice(5),
    lambda: random.getrandbits(33),
    lambda: random.seed("x"),
):
    try:
        print(bad())
    except Exception as error:
        print(type(error).__name__, error)
