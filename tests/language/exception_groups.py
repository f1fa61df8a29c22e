# Exception groups: making, looking into, taking apart.
group = ExceptionGroup("several", [ValueError("one"), TypeError("two")])
print(group, group.message, len(group.exceptions), type(group.exceptions).__name__)
print(isinstance(group, Exception), isinstance(group, BaseExceptionGroup), issubclass(ExceptionGroup, Exception))
print(type(BaseExceptionGroup("b", [ValueError()])).__name__, type(BaseExceptionGroup("b", (SystemExit(),))).__name__)
print(isinstance(BaseExceptionGroup("b", [SystemExit()]), Exception), ExceptionGroup("one", [OSError(2)]))

for arguments in (
    ("message", []),
    ("message", [1]),
    ("message", 5),
    (5, [ValueError()]),
    ("message", [SystemExit()]),
    (),
):
    try:
        ExceptionGroup(*arguments)
    except (TypeError, ValueError) as error:
        print(type(error).__name__)

deep = ExceptionGroup("top", [ValueError(1), ExceptionGroup("inner", [KeyError(2), ValueError(3)]), TypeError(4)])


def shown(group):
    if group is None:
        return None
    if isinstance(group, BaseExceptionGroup):
        return [group.message] + [shown(one) for one in group.exceptions]
    return (type(group).__name__, group.args[0])


print(shown(deep))
for condition in (ValueError, (KeyError, TypeError), OSError, ExceptionGroup, lambda e: e.args[0] == 3):
    print([shown(part) for part in deep.split(condition)])
    print(shown(deep.subgroup(condition)))
print(deep.split(ExceptionGroup)[0] is deep, deep.derive([OSError(1)]).message)
try:
    deep.split(5)
except TypeError:
    print("TypeError")


class Special(ExceptionGroup):
    def derive(self, exceptions):
        return Special("derived", exceptions)


special = Special("special", [ValueError(1), KeyError(2)])
match, rest = special.split(KeyError)
print(type(match).__name__, match.message, type(rest).__name__, match)

try:
    raise group
except Exception as error:
    print(error is group, type(error).__name__)
