# Classes derived from each other until memory runs out: each collection looked at every ancestor of each.
class C:
    pass
while True:
    try:
        class C(Exception, C):
            x = 1
    except MemoryError:
        pass
