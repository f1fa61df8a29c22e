# status: 1
# stderr: syntax_error.err
# Nothing of a file with a syntax error runs.
print("not reached")
for i in range(3)
    print(i)
