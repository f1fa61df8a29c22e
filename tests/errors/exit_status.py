# status: 3
import sys

try:
    sys.exit(7)
except SystemExit as leaving:
    print("leaving with", leaving.args[0])
try:
    sys.exit(3)
finally:
    print("finally runs")
