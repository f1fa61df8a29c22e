# Names of enclosing functions: read, rebound, shared, and looked up late.


def counter():
    count = 0

    def increment():
        nonlocal count
        count += 1
        return count

    def read():
        return count

    return increment, read


increment, read = counter()
increment()
increment()
print(read(), increment(), read())
other, _ = counter()
print(other())

# Each call makes its own cell; a loop does not.
makers = []
for i in range(3):

    def maker(n=i):
        return lambda: (n, i)

    makers.append(maker())
print([f() for f in makers])


def three_deep():
    a = "a"

    def middle():
        b = "b"

        def inner():
            nonlocal a
            a += b
            return a

        return inner

    f = middle()
    return f() + f() + a


print(three_deep())


# A parameter that an inner function uses is a cell from the start.
def adder(n):
    def add(x):
        return x + n

    n += 1
    return add


print(adder(10)(5))


def used_before_set():
    def inner():
        return later

    try:
        inner()
    except NameError as error:
        print("NameError:", error)
    later = 1
    return inner()


print(used_before_set())

# A class body sees enclosing functions, but its own names are not seen by its methods.
name = own = "global"


def scopes():
    name = "function"

    class C:
        seen = name
        own = "class"

        def method(self):
            return name, own

    return C.seen, C.own, C().method()


print(scopes())

total = 0


def add_to_total(n):
    global total
    total += n

    def again():
        global total
        total += n

    again()


add_to_total(5)
print(total)


# Comprehensions have a scope of their own.
def comprehensions():
    x = "outer"
    squares = [x * x for x in range(4)]
    nested = [[x + y for y in range(2)] for x in range(2)]
    return squares, nested, x


print(comprehensions())
print([f(10) for f in [(lambda x, k=k: x * k) for k in range(3)]])


def recursive():
    def fact(n):
        return 1 if n < 2 else n * fact(n - 1)

    return fact(20)


print(recursive())


def shadow(print=print):
    print("a parameter named print")


shadow()
try:
    undefined_name
except NameError as error:
    print("NameError:", error)
