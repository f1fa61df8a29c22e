def inner():
    try:
        got = yield 1
        yield got
    except ValueError as error:
        yield repr(error)
    finally:
        print('closed')
    return 7
def outer():
    result = yield from inner()
    yield result
for how in range(4):
    g = outer()
    try:
        print(next(g))
        if how == 0: print(g.send(3), list(g))
        if how == 1: print(g.throw(ValueError('x')))
        if how == 2: g.close()
        g.send(1); g.pend_throw(KeyError()); next(g)
    except BaseException as error:
        print(repr(error))
del g
import gc
gc.collect()
