# logging: levels, handlers, formats, files and exceptions.
import io
import logging
import os

out = io.StringIO()
logging.basicConfig(level=logging.INFO, stream=out, format="%(levelname)s|%(name)s|%(message)s")
logging.debug("not shown")
logging.info("number %d and %s", 5, "text")
logging.warning("names %(a)s %(b)r", {"a": 1, "b": "two"})

log = logging.getLogger("part")
print(log is logging.getLogger("part"), log.hasHandlers(), log.getEffectiveLevel())
log.error("error")
log.critical("critical")
log.setLevel(logging.ERROR)
log.warning("not shown")
print(log.isEnabledFor(logging.CRITICAL), log.isEnabledFor(logging.DEBUG))

own = io.StringIO()
handler = logging.StreamHandler(own)
handler.setLevel(logging.WARNING)
handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
log.addHandler(handler)
log.error("to its own handler")
logging.addLevelName(35, "NOTICE")
logging.log(35, "of a level of its own")


class Count(logging.Handler):
    count = 0

    def emit(self, record):
        Count.count += 1
        print(record.levelno, record.levelname, record.name, record.message, record.msecs in range(1000))


log.addHandler(Count())
log.error("counted")


def divide(a, b):
    try:
        return a // b
    except ZeroDivisionError as error:
        log.exception("while dividing", exc_info=error)
        log.exception("found by itself")
        log.exception("without", exc_info=False)


divide(1, 0)
print(Count.count)

logging.basicConfig(filename="logged.txt", filemode="w", level=logging.DEBUG, format="%(message)s", force=True)
logging.debug("to a file, é")
logging.basicConfig(stream=out, force=True)
with open("logged.txt") as file:
    print(repr(file.read()))
os.remove("logged.txt")
timed = logging.Formatter("%(asctime)s %(message)s")
print(timed.usesTime(), logging.Formatter().usesTime())


print(out.getvalue())
print(own.getvalue())
