# Source may be nested deeply: five thousand levels work, a hundred thousand are refused, and nothing crashes.
def attempt(name, source):
    try:
        value = eval(source)
        print(name, "works", value if isinstance(value, int) else type(value).__name__)
    except (RuntimeError, SyntaxError, MemoryError):
        print(name, "is refused")


for depth in (5000, 100000):
    print(depth)
    attempt("parentheses", "(" * depth + "1" + ")" * depth)
    attempt("lists", "[" * depth + "]" * depth)
    attempt("minus", "-" * depth + "1")
    attempt("not", "not " * depth + "1")
    attempt("calls", "abs(" * depth + "1" + ")" * depth)
    attempt("powers", "1**" * depth + "1")
    attempt("lambdas", "(" + "lambda:" * depth + "1)")
    attempt("conditions", "1 if 0 else " * depth + "2")
attempt("a long sum", "+".join(["1"] * 100000))
attempt("a long comparison", "<".join([str(n) for n in range(1000)]))
attempt("a long list", "len([" + "1," * 50000 + "])")
attempt("a long string", "len('" + "x" * 50000 + "')")
