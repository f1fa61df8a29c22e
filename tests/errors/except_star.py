# `except*` says what it is, and that it is not there.
try:
    exec("try:\n    pass\nexcept* ValueError:\n    pass\n")
except SyntaxError as error:
    print("SyntaxError:", error)
