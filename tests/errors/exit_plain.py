import sys

print("leaves with status 0")
sys.exit()
print("not reached")
