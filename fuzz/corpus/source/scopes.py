def f():
    x = 1
    def g():
        nonlocal x
        class C:
            x = x
            y = [x for _ in range(x) if (lambda: x)()]
        return C
    global y
    y, x = g(), [x := i for i in range(3)]
