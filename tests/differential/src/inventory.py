# Prints what the language has, as a runtime sees it: methods of the built-in types, functions and exceptions.

import builtins


def generator():
    yield


types = {
    "int": int,
    "float": float,
    "complex": complex,
    "str": str,
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "list": list,
    "tuple": tuple,
    "dict": dict,
    "set": set,
    "frozenset": frozenset,
    "range": range,
    "slice": slice,
    "property": property,
    "generator": type(generator()),
}
for name in types:
    for method in dir(types[name]):
        if not method.startswith("_"):
            print("method", name, method)
for name in dir(builtins):
    value = getattr(builtins, name)
    if name.startswith("_"):
        continue
    if isinstance(value, type) and issubclass(value, BaseException):
        print("exception", name)
    elif callable(value):
        print("function", name)
