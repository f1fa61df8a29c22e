# args: one two=2 -3
import sys

print(sys.argv, len(sys.argv))
