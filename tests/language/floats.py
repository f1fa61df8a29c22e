# Floats whose value is exact in few bits, so that they print the same everywhere.
import math

print(1.5, -2.0, 0.5e3, 1e10, 1.0, 0.1 + 0.25, 3 / 2, 6 / 3, 2**0.5 > 1.41, 7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2)
print(float("1.5"), float("-2e2"), float(" 4 "), float(3), int(7.9), float("inf"), float("-inf"), float("nan"))
print(float("inf") > 1e300, float("nan") == float("nan"), -float("inf") < 0, float("inf") - 1, 1 / float("inf"))
print(1e15, 1e16, 1e17, 123456.75, 0.0001220703125, 1e-5 < 1e-4, 1e100, 5e-1, 100000.0, 1234567.0)
print(0.0, -0.0, 0.0 == -0.0, abs(-1.5), round(2.5), round(3.5), round(-1.5), round(2.75, 1), round(1234.5, -2))
print(math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5), math.sqrt(16), math.pi > 3.14, math.fabs(-2), math.pow(2, 8), math.exp(0), math.log(1))
print(math.isinf(float("inf")), math.isnan(float("nan")), math.isfinite(1.0), math.copysign(2, -0.0), math.modf(2.25), math.frexp(8.0), math.ldexp(0.5, 4), math.fmod(7.5, -2))
print("%.3f" % math.sin(1), "%.3f" % math.cos(1), "%.3f" % math.atan2(1, -1), "%.4f" % math.degrees(1), "%.4f" % math.radians(90), "%.3f" % math.log2(10), "%.3f" % math.log10(2))
print(1.5 == 3 / 2, 1.5 < 2, 2 > 1.5, 1.0 == 1, hash(1.0) == hash(1), {1: "int"}[1.0], max(1, 2.5), min(1.5, 1), sum([0.5, 0.25]), divmod(7.5, 2))
print(2.0**3, 2**-1, (-8) ** 2, 4**0.5, 1e3 == 1000, int(1e15), 10**15 + 0.5, bool(0.0), bool(0.1), not 0.0, (3.0).__class__ is float)
for bad in (lambda: 1.0 / 0, lambda: 1.0 // 0, lambda: 1.0 % 0, lambda: int(float("nan")), lambda: int(float("inf")), lambda: float("x"), lambda: math.sqrt(-1), lambda: math.log(0), lambda: 1.5 << 1, lambda: [0][0.5]):
    try:
        print(bad())
    except (ZeroDivisionError, ValueError, OverflowError, TypeError) as error:
        print(type(error).__name__ + ":", error)
total = 0.0
for i in range(1, 9):
    total += 1 / (1 << i)
print(total)
x = 1.0
for _ in range(10):
    x = (x + 2 / x) / 2
print("%.6f" % x, f"{x:.3f}", f"{1e6:.0f}", f"{0.125:.2%}", "%g" % 0.5, "%d" % 3.9)
print((1 + 2j) * (3 - 1j), (1 + 2j).real, (1 + 2j).imag, abs(3 + 4j), 1j == 1j, complex(1, 2), -1j)
print(round(1.5e308, 7) == 1.5e308, round(float("inf"), 2), round(2.5, None), round(-7, None))
print(round(2.675, 2), round(123456789.125, -5), round(-1.5, 400), round(-1.5, -400), round(5e-324, 323), round(0.5, 0), round(1e300, -299), round(15.0, -1))
