# eval, exec, compile; which namespaces they use; dir, globals, locals.

x = 1
print(eval("x + 1"), eval("x + y", {"x": 5, "y": 6}), eval("a + b", {"a": 1}, {"b": 2}))
exec("z = 3\ndef f():\n  return z\nprint(f())")
print(z)

namespace = {}
exec("q = 1\nprint(q)", namespace)
print(namespace["q"])
names = {}
exec("w = 2\nfor i in range(3): pass", {}, names)
print(sorted(names))

# The same code object with other globals.
length = compile("len([1, 2])", "name", "eval")
print(eval(length), eval(length, {"len": lambda x: "mine"}), eval(length, {"other": 1}), eval(length))
program = compile("def g(): return len([1])\nprint(g())", "name", "exec")
exec(program, {"len": lambda x: 9})
exec(program, {"a": 1})
exec(program)
print(exec(compile("x = 5", "name", "exec")), x)
exec(compile("5", "name", "single"))

# A name that was put together is found like one in the source.
globals()["put" + "_together_at_run_time"] = 4
print(eval("put_together_at_run_time"), put_together_at_run_time)
dynamic = {"another" + "_name_put_together": 6}
print(eval("another_name_put_together", dynamic))


def function():
    inside = 1
    return "inside" in locals(), "x" in locals(), locals() is globals()


print(function())


class Class:
    y = 2
    print("y" in locals(), "x" in locals(), "y" in dir())
    exec("made = 8")

    def method(self):
        pass


print(Class.made, [name for name in ("y", "method", "made", "__class__") if name in dir(Class)])
instance = Class()
instance.own = 1
print([name for name in ("y", "method", "own", "other") if name in dir(instance)])


class Listing:
    def __dir__(self):
        return ["b", "a"]


print(dir(Listing()), "x" in dir(), "append" in dir([]))
print(Ellipsis, NotImplemented, __debug__, __import__("builtins").__name__, eval(b"1 + 1"))


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(repr(error))


attempt(lambda: eval(1))
attempt(lambda: exec("a", 1))
attempt(lambda: compile("a", "b", "c"))
attempt(lambda: eval("1 +"))
attempt(lambda: eval(" 1"))
attempt(lambda: eval("a = 1"))
attempt(lambda: compile("", "name", "single"))
attempt(lambda: exec("def"))
attempt(lambda: exec("del nothing"))
attempt(lambda: __import__(1))
attempt(lambda: __import__(""))
attempt(lambda: __import__("nope"))
attempt(lambda: eval("1 // 0"))
attempt(lambda: exec("raise ValueError(1)"))
attempt(lambda: eval("[i := 1 for i in range(2)]"))
attempt(lambda: print(1, sep=1))
attempt(lambda: print(1, file=1))
attempt(lambda: print(wrong=1))
print(1, 2, sep="", end=b"!\n")
