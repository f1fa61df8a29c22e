# Functions of math and cmath ask an object what number it is.
import cmath
import math


class Half:
    def __float__(self):
        print("half")
        return 0.5


class Diagonal:
    def __complex__(self):
        print("diagonal")
        return 1 + 1j


class Wrong:
    def __float__(self):
        return "one"


print("%.4f" % math.sin(Half()), "%.4f" % math.pow(Half(), Half()), math.ceil(Half()), math.isnan(Half()))
print("%.4f %.4f" % (cmath.phase(Half()), cmath.phase(Diagonal())))
for attempt in (lambda: math.exp(Wrong()), lambda: math.exp("1"), lambda: math.exp(1j), lambda: math.sqrt(-1)):
    try:
        print(attempt())
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
