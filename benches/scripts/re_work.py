# Regular expressions over a log: one word sought in all of it, each line taken apart, all numbers replaced, and
# settings rewritten by a function.
import re
import sys
from measure import ticks_us, report_ms

PATH = sys.argv[1]
WHAT = sys.argv[2]


def search(text):
    assert re.compile("terminated").search(text).group(0) == "terminated"


def lines(text):
    line_pattern = re.compile(r"(\d+):(\d+):(\d+)\.(\d+) (\w+): (.*) code=(\d+)$")
    total = 0
    for line in text.split("\n"):
        found = line_pattern.match(line)
        if found:
            total += int(found.group(7))
    assert total > 0


def sub(text):
    assert "1" not in re.compile(r"\d+").sub("#", text)


def sub_function(text):
    setting = re.compile(r"(\w+)=(\d+)")
    assert "code:0" in setting.sub(lambda found: found.group(1) + ":" + found.group(2), text)


with open(PATH) as file:
    text = file.read()
work = {"search": search, "lines": lines, "sub": sub, "sub_function": sub_function}[WHAT]
start = ticks_us()
work(text)
report_ms("re_" + WHAT, start)
