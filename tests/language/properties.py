# Properties, decorators, class and static methods.


class Thermometer:
    def __init__(self):
        self._celsius = 20

    @property
    def celsius(self):
        return self._celsius

    @celsius.setter
    def celsius(self, value):
        if value < -273:
            raise ValueError("too cold")
        self._celsius = value

    @celsius.deleter
    def celsius(self):
        self._celsius = None

    @property
    def fahrenheit(self):
        return self.celsius * 9 // 5 + 32

    kelvin = property(lambda self: self._celsius + 273)


t = Thermometer()
print(t.celsius, t.fahrenheit, t.kelvin)
t.celsius = 100
print(t.celsius, t.fahrenheit)
t.celsius += 1
print(t.celsius)
try:
    t.celsius = -300
except ValueError as error:
    print("ValueError:", error)
try:
    t.fahrenheit = 1
except AttributeError:
    print("read only")
del t.celsius
print(t.celsius)


class Warmer(Thermometer):
    @property
    def celsius(self):
        return self._celsius + 10


print(Warmer().celsius, Warmer().kelvin)


def loud(function):
    def wrapper(*arguments, **named):
        print("calling with", arguments, named)
        return function(*arguments, **named)

    return wrapper


def tagged(tag):
    print("making", tag)

    def decorate(function):
        print("applying", tag)

        def wrapper(*arguments):
            return "<%s>%s</%s>" % (tag, function(*arguments), tag)

        return wrapper

    return decorate


@loud
def add(a, b=1):
    return a + b


@tagged("b")
@tagged("i")
def text(s):
    return s


print(add(1), add(1, b=5))
print(text("word"))


class Registry:
    known = {}

    @classmethod
    def register(cls, plugin):
        cls.known[plugin.__name__] = plugin
        return plugin


@Registry.register
class Plugin:
    @staticmethod
    def run(n=3):
        return "ran %d" % n

    @loud
    def method(self, x):
        return x


print(sorted(Registry.known), Registry.known["Plugin"].run(), Plugin().run(4), Plugin().method.__class__ is not None)
print(type(Plugin.method(Plugin, 7)))
