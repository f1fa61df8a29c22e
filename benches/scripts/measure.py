"""What every script here shares: a clock that all runtimes have, and the line that the bench reads."""

try:
    from time import ticks_us, ticks_diff
except ImportError:  # CPython
    from time import perf_counter_ns

    def ticks_us():
        return perf_counter_ns() // 1000

    def ticks_diff(later, earlier):
        return later - earlier


def report_ns(name, start, count):
    """Nanoseconds for each of `count` things done since `start`."""
    elapsed = ticks_diff(ticks_us(), start)
    print(name, "%.2f" % (elapsed * 1000 / count), "ns")


def report_ms(name, start, count=1):
    """Milliseconds for each of `count` things done since `start`."""
    elapsed = ticks_diff(ticks_us(), start)
    print(name, "%.3f" % (elapsed / 1000 / count), "ms")
