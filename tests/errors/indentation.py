# status: 1
# stderr: indentation.err
def f():
    return 1
  return 2
