# run: --clock virtual
# As after a board's boot file: pyb and machine are there, and the platform is the board's.

import sys

print(sys.platform, pyb, machine)
print(pyb.Pin is machine.Pin)
