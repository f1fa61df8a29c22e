import sys
for name in ('math', 'sys', 'gc', 'array', 'cmath', 'collections', 'errno', 'io', 'micropython', 'random', 'struct',
             'time', 'asyncio', 'pyb', 'machine', 'builtins', 'json', 're', 'os'):
    try:
        module = __import__(name)
    except ImportError:
        continue
    for attribute in dir(module):
        if attribute in ('exit', 'reset', 'soft_reset', 'bootloader', 'heap_lock', 'input'):
            continue
        thing = getattr(module, attribute)
        for arguments in (), (1,), ('a', 2), (thing, [], {}):
            try:
                made = thing(*arguments)
                repr(made)
                for inner in dir(made):
                    getattr(made, inner)
            except Exception as error:
                str(error)
