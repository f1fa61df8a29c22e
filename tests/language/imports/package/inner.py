# helper
from . import NAME
from .sibling import helper


def deep():
    return helper(NAME)
