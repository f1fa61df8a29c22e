# Runs one program after the other in one process, each in a namespace of its own.
#
# A request is a line with the number of bytes and then the program; so is the answer, with what the program printed. A
# program that takes too long, or ends with an exception, has that as its last line.

import io
import resource
import signal
import sys

# Of its own work, so that a busy machine makes no difference.
SECONDS = 3
BYTES = 1 << 30


class TimeLimit(BaseException):
    pass


def time_is_up(signum, frame):
    raise TimeLimit


def run(source):
    sys.stdout = output = io.StringIO()
    namespace = {"__name__": "__main__"}
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        exec(compile(source, "program", "exec"), namespace)
    except BaseException as error:
        output.write("\nended with %s\n" % type(error).__name__)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    printed = output.getvalue()
    # What generators print when they are taken down now is not the program's.
    namespace.clear()
    sys.stdout = sys.__stdout__
    return printed


signal.signal(signal.SIGPROF, time_is_up)
resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
sys.set_int_max_str_digits(0)
while True:
    length = sys.stdin.buffer.readline()
    if not length:
        break
    answer = run(sys.stdin.buffer.read(int(length)).decode()).encode("utf-8", "surrogateescape")
    sys.stdout.buffer.write(b"%d\n" % len(answer) + answer)
    sys.stdout.buffer.flush()
