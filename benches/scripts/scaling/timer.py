# Tasks that sleep, each for a time of its own: what it costs that one deadline among so many comes, a task runs, and
# a new deadline falls somewhere among the others. The clock waits for nothing, so that only this is measured: Wigwag
# has such a clock, for the others it is made here.
import asyncio
import sys

SLEEPERS = int(sys.argv[1])
WAKES = int(sys.argv[2])

# The longest sleep. It grows with the number of tasks, so that deadlines seldom coincide.
LONGEST_MS = 8 * SLEEPERS


def skip_waiting_on_cpython():
    class EagerSelector:
        """Asks the true one, lets it wait for nothing, and puts the time forward instead."""

        def __init__(self, selector):
            self.selector = selector
            self.now = 0.0

        def __getattr__(self, name):
            return getattr(self.selector, name)

        def select(self, timeout=None):
            self.now += timeout or 0.0
            return ()

    class EagerLoop(asyncio.SelectorEventLoop):
        def __init__(self):
            super().__init__()
            self._selector = EagerSelector(self._selector)

        def time(self):
            return self._selector.now

    class Policy(asyncio.DefaultEventLoopPolicy):
        _loop_factory = EagerLoop

    asyncio.set_event_loop_policy(Policy())


def skip_waiting_on_micropython():
    import asyncio.core as core

    now = 0

    class EagerQueue:
        def wait_io_event(self, delay_ms):
            nonlocal now
            now += delay_ms

    core.ticks = lambda: now
    # asyncio.run makes no other: it is made where the module is loaded.
    core._io_queue = EagerQueue()


if sys.implementation.name == "cpython":
    skip_waiting_on_cpython()

    def sleep_ms(ms):
        return asyncio.sleep(ms / 1000)

else:
    from asyncio import sleep_ms

    if sys.implementation.name == "micropython" and "Wigwag" not in sys.version:
        skip_waiting_on_micropython()


async def sleeper(seed):
    for _ in range(WAKES):
        seed = seed * 16807 % 2147483647
        await sleep_ms(1 + seed % LONGEST_MS)


async def main():
    tasks = [asyncio.create_task(sleeper(1 + number)) for number in range(SLEEPERS)]
    for task in tasks:
        await task


asyncio.run(main())
