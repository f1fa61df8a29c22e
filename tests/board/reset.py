# run: --clock virtual

print("before")
try:
    machine.reset()
except Exception:
    print("caught")
print("after")
