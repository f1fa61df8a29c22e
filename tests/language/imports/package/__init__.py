# helper
print("package starts")
NAME = "a package"
