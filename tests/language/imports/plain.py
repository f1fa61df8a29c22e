# helper
print("plain runs once")
value = 42
_private = 1


def double(n):
    return 2 * n
