# A document read from JSON, or written as it.
import json
import sys
from measure import ticks_us, report_ms

PATH = sys.argv[1]
WHAT = sys.argv[2]
COUNT = int(sys.argv[3])

with open(PATH) as file:
    text = file.read()
value = json.loads(text)
start = ticks_us()
for _ in range(COUNT):
    if WHAT == "loads":
        value = json.loads(text)
    else:
        text = json.dumps(value)
report_ms("json_" + WHAT, start, COUNT)
assert json.loads(text) == value
