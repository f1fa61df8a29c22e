# The three ways to format: f-strings, format, and %.
name, n, x = "pyboard", 42, 3.14159
print(f"{name} {n} {x}", f"{n:d} {n:x} {n:X} {n:o} {n:b} {n:#x} {n:#b}", f"{{literal}} {n!r} {name!s} {name!r}")
print(f"[{name:10}] [{name:>10}] [{name:^11}] [{name:*<9}] [{name:.3}] [{name:8.2}]")
print(f"[{n:5}] [{n:<5}] [{n:05}] [{n:+}] [{-n:+}] [{n: }] [{n:^7}] [{n:_>6}] [{1234567:,}]")
print(f"[{x:.2f}] [{x:8.3f}] [{x:e}] [{x:.3g}] [{x:08.2f}] [{x:+.1f}] [{0.5:%}] [{x:<8.2f}]")
width, digits = 8, 2
print(f"[{x:{width}.{digits}f}] [{name:>{width + 2}}] {n + 1} {n if n > 40 else 0} {'quoted'} {[i for i in range(3)]}")
print(f"{n=} {name=} {n + 1=} {x=:.1f}", f"{ {'k': 1}['k'] } {n!r:>5}")
print(f"one " "two " f"three {n}", f"", f"""multi
{n}""", rf"raw\n{n}")

print("{} {} {}".format(1, "two", [3]), "{1} {0} {1}".format("a", "b"), "{x} {y}".format(y=2, x=1))
print("{:>5}|{:<5}|{:^5}|".format("a", "b", "c"))
print("{:05d} {:+d} {:x} {:,} {!r} {:c}".format(42, 42, 255, 1234567, "q", 65))
print("{:{}} {:{fill}>{width}}".format("a", 4, "b", fill="-", width=5), "{{}}".format())
print("{:.1f} {:10.4f}| {:e} {:g} {:g}".format(2.26, 1 / 3, 12345.678, 1e10, 0.0001))

print("%s %d %r" % ("a", 5, "b"), "%5d|%-5d|%05d|%+d" % (1, 2, 3, 4), "%x %X %o %c %c" % (255, 255, 8, 65, "z"))
print("%.2f %8.3f %e %g %%" % (x, x, x, x), "%s" % (1,), "%s %s" % ([1], {2: 3}), "%10s|%-10s|" % ("r", "l"))
print("%(a)s and %(b)d" % {"a": 1, "b": 2}, "%*d" % (6, 42), "%.3s" % "abcdef")


class Temperature:
    def __str__(self):
        return "21 C"

    def __repr__(self):
        return "Temperature()"


t = Temperature()
print(f"{t} {t!r}", "{} {!r} {!s}".format(t, t, t), "%s %r" % (t, t), str(t), [t])
for bad in (
    lambda: "{} {}".format(1),
    lambda: "{a}".format(),
    lambda: "%d" % "x",
    lambda: "%d %d" % (1,),
    lambda: "%d" % (1, 2),
    lambda: "{:d}".format("x"),
    lambda: "{".format(1),
    lambda: "}".format(1),
    lambda: "{:x}".format(1.5),
):
    try:
        print(bad())
    except (ValueError, TypeError, IndexError, KeyError) as error:
        print(type(error).__name__ + ":", error)
print(1, "a", None, True, 2.5, sep="|", end="<\n")
print()
print(*[1, 2, 3], sep="")
print("{:>4}|{:^5}|{:.1}|%4s|%-3s|%.1s|".format("é", "é", "éa") % ("é", "é", "éé"))
print("{:.4} {:10} {:+} {:.3} {:.3} {:.3}".format(0.0, 12345.678, 1.0, 123.456, 12.0, 100.0))
