# status: 1
# stderr: uncaught_after_finally.err
# The traceback begins where the exception was raised, whatever finally blocks and re-raising lie between.
def work():
    try:
        raise KeyError("missing")
    finally:
        print("cleaned up")


def outer():
    try:
        work()
    except KeyError:
        print("seen")
        raise


outer()
