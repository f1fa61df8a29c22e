# Classes, attributes, special methods, closures, arguments.


class Point:
    count = 0

    def __init__(self, x, y):
        self.x = x
        self.y = y
        Point.count += 1

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __repr__(self):
        return 'Point({}, {})'.format(self.x, self.y)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __hash__(self):
        return hash((self.x, self.y))

    @property
    def length(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5

    @staticmethod
    def origin():
        return Point(0, 0)

    @classmethod
    def named(cls, **names):
        return cls(names['x'], names['y'])


class Many(Point, object):
    def __init__(self, *values):
        super().__init__(*values[:2])
        for number, value in enumerate(values):
            setattr(self, 'value%d' % number, value)

    def __getattr__(self, name):
        return name + '?'

    def __len__(self):
        return 3

    def __getitem__(self, index):
        if index > 2:
            raise IndexError
        return index * 2


class Stack(list):
    def push(self, item):
        self.append(item)
        return self


one = Point(3, 4) + Point.origin()
print(one, one.length, one == Point(3, 4), {one: 1}[Point(3, 4)], Point.named(x=1, y=2), Point.count)
many = Many(1, 2, 3, 4, 5, 6, 7, 8)
print(many, many.value7, many.other, list(many), len(many), isinstance(many, Point), hasattr(one, 'z'))
print(Stack().push(1).push(2), sorted(one.__dict__.items()))
del many.value3
many.extra = [1]
print(many.value3, many.extra, getattr(one, 'q', 'none'), type('Made', (Point,), {'z': 1})(1, 2).z)


def counter(start=0, *, step=1, **rest):
    def more(*values):
        nonlocal start
        start += step + sum(values)
        return start, rest
    return more


count = counter(5, step=2, other='o')
print(count(), count(1, 2, 3), count(*[4], *(5,)), (lambda a, b=2, *c: (a, b, c))(1))
