# import in all its forms, of modules and packages beside the program.
import plain
import plain as again
from plain import value, double as twice
from plain import *
import package
import package.inner
import package.inner as inner_alias
from package import inner, NAME
from package.inner import deep

print(plain.value, again is plain, value, twice(4), double(5), plain.__name__)
print(package.NAME, NAME, package.inner is inner, inner_alias is inner, deep(), package.__name__, inner.__name__)
plain.value = "changed"
print(again.value, value)
try:
    _private
except NameError:
    print("a name with an underscore is not imported by a star")
import sys

print("plain" in sys.modules, "package.inner" in sys.modules, sys.modules["plain"] is plain)


def inside():
    import plain as local
    from package import sibling

    return local.double(10), sibling.value_of_inner()


print(inside())
print(hasattr(plain, "missing"), __name__)
for attempt in ("import nothing_here", "from plain import nothing", "import package.nothing", "from package import nothing", "import broken"):
    try:
        exec(attempt)
    except (ImportError, ZeroDivisionError) as error:
        print(type(error).__name__ + ":", error)
print("broken" in sys.modules)
