# math and cmath.
import cmath
import math

for name, arguments in (
    ("sqrt", (2,)),
    ("pow", (2, 0.5)),
    ("exp", (1,)),
    ("expm1", (1e-9,)),
    ("log", (8, 2)),
    ("log2", (8,)),
    ("log10", (1000,)),
    ("cosh", (1,)),
    ("sinh", (1,)),
    ("tanh", (1,)),
    ("acosh", (2,)),
    ("asinh", (1,)),
    ("atanh", (0.5,)),
    ("sin", (1,)),
    ("atan2", (-1, -1)),
    ("fmod", (7, -3)),
    ("copysign", (3, -0.0)),
    ("fabs", (-2,)),
    ("erf", (0.5,)),
    ("erfc", (0.5,)),
    ("gamma", (5,)),
    ("lgamma", (0.5,)),
    ("radians", (180,)),
    ("degrees", (math.pi,)),
    ("ldexp", (0.75, 3)),
):
    print(name, "%.9g" % getattr(math, name)(*arguments))
print(math.ceil(2.1), math.floor(-2.1), math.trunc(-2.9), math.floor(1e20))
print(math.frexp(10), math.modf(-2.5), math.modf(float("inf")))
print(math.isclose(1, 1 + 1e-10), math.isclose(1, 1.1, rel_tol=0.2), math.isclose(0, 1e-3, abs_tol=1e-2))
print(math.isnan(math.nan), math.isinf(-math.inf), math.isfinite(1))
print([math.factorial(n) for n in (0, 1, 5, 20, 25)])
for bad in (
    lambda: math.sqrt(-1),
    lambda: math.log(0),
    lambda: math.log(2, 1),
    lambda: math.acos(2),
    lambda: math.factorial(-1),
    lambda: math.sin("1"),
    lambda: math.gamma(-math.inf),
    lambda: math.floor(math.nan),
    lambda: math.ceil(math.inf),
    lambda: math.isclose(1, 2, rel_tol=-1),
    lambda: math.exp(1000),
    lambda: math.sin(),
):
    try:
        print(bad())
    except Exception as error:
        print(type(error).__name__, error)


class Number:
    def __float__(self):
        return 2.0


class Pair:
    def __complex__(self):
        return 3 + 4j


print("%.6f" % math.pow(Number(), Number()), cmath.polar(Pair())[0])
print("%.6f" % cmath.phase(-1j), "%.4f" % abs(cmath.sqrt(-4)), "%.4f" % cmath.exp(1j * math.pi).real)
