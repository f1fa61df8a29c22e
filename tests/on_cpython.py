# helper
"""Runs a script on CPython with an asyncio that waits for nothing: deadlines come in their order at once, however busy
the machine is."""
import asyncio
import runpy
import selectors
import sys


class Leap(selectors.DefaultSelector):
    """Where others wait for a deadline, time leaps to it. Without a deadline it waits: a thread may have work."""

    now = 0.0

    def select(self, timeout=None):
        ready = super().select(timeout if timeout is None else 0)
        if not ready and timeout:
            self.now += timeout
        return ready


class LeapingLoops(asyncio.DefaultEventLoopPolicy):
    def new_event_loop(self):
        selector = Leap()
        loop = asyncio.SelectorEventLoop(selector)
        loop.time = lambda: selector.now
        return loop


asyncio.set_event_loop_policy(LeapingLoops())
runpy.run_path(sys.argv[1], run_name="__main__")
