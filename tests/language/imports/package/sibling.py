# helper
def helper(text):
    return "<" + text + ">"


def value_of_inner():
    from .inner import deep

    return deep()
