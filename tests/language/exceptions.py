# stderr: exceptions.err
# Raising, catching, cleaning up, and leaving early.


def classify(action):
    try:
        action()
    except ZeroDivisionError:
        return "division"
    except (KeyError, IndexError) as error:
        return type(error).__name__
    except ValueError as error:
        return "value " + str(error)
    except:
        return "something else"
    else:
        return "nothing"


def fail(error):
    raise error


print(classify(lambda: 1 // 0), classify(lambda: {}[1]), classify(lambda: [][1]))
print(classify(lambda: int("x")), classify(lambda: fail(OSError(2))), classify(lambda: None))
print(classify(lambda: fail(ValueError)), classify(lambda: fail(ValueError("v", 2))))


def order():
    log = []
    try:
        log.append("try")
        try:
            raise ValueError(1)
        finally:
            log.append("inner finally")
    except ValueError:
        log.append("except")
    else:
        log.append("else")
    finally:
        log.append("finally")
    return log


print(order())


# What a finally block does when the block before it leaves.
def returns():
    try:
        return "try"
    finally:
        print("finally runs before the return")


def overrides():
    try:
        return "try"
    finally:
        return "finally"


def swallows():
    for i in range(3):
        try:
            raise ValueError(i)
        finally:
            if i == 1:
                break
            continue
    return i


print(returns(), overrides(), swallows())


def loops():
    for i in range(4):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            print("body", i)
        finally:
            print("finally", i)
    else:
        print("not reached")


loops()

# Raising again, bare and from another exception.
try:
    try:
        1 / 0
    except ZeroDivisionError:
        print("passing on")
        raise
except ZeroDivisionError as error:
    print("again:", error)

try:
    try:
        {}["k"]
    except KeyError as error:
        raise RuntimeError("wrapped") from error
except RuntimeError as error:
    print(error)

try:
    raise
except RuntimeError as error:
    print("RuntimeError:", error)


class AppError(Exception):
    def __init__(self, code, text):
        super().__init__(code, text)
        self.code = code


class SpecialError(AppError):
    def __str__(self):
        return "special " + str(self.code)


try:
    raise SpecialError(7, "seven")
except AppError as error:
    print(error, error.args, error.code, isinstance(error, Exception))
try:
    raise AppError(1, "one")
except AppError as error:
    print(error, repr(error))

# The name is gone after the block.
try:
    raise ValueError
except ValueError as gone:
    pass
try:
    gone
except NameError:
    print("name deleted")

print(repr(ValueError()), repr(ValueError("a")), repr(ValueError(1, "b")), str(KeyError("k")), ValueError("x").args)
print(issubclass(KeyError, LookupError), issubclass(ZeroDivisionError, ArithmeticError))
print(issubclass(KeyboardInterrupt, Exception), issubclass(NotImplementedError, RuntimeError))

for wrong in (1, "text", None, int):
    try:
        raise wrong
    except TypeError as error:
        print("TypeError:", error)

try:
    assert 1 + 1 == 3, "arithmetic"
except AssertionError as error:
    print("AssertionError:", error)
try:
    assert []
except AssertionError as error:
    print("AssertionError:", error)
assert True, fail(ValueError("not evaluated"))

try:
    raise OSError(2, "gone")
except OSError as error:
    print(error.errno, error.args[1])


# An exception that passes through many frames leaves all of them.
def dive(n):
    try:
        if n == 0:
            raise ValueError("bottom")
        dive(n - 1)
    finally:
        depths.append(n)


depths = []
try:
    dive(5)
except ValueError as error:
    print(error, depths)


def recurse():
    return recurse() + 1


try:
    recurse()
except RuntimeError as error:
    print("RuntimeError:", error)
