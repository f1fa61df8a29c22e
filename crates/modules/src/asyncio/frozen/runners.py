# Runner: runs one coroutine after the other, and in the end stops whatever they have left behind.
import asyncio


class Runner:
    def __init__(self, *, debug=None, loop_factory=None):
        self._factory = loop_factory
        self._loop = None
        self._task = None
        self._closed = False

    def __enter__(self):
        self.get_loop()
        return self

    def __exit__(self, kind, error, traceback):
        self.close()

    def get_loop(self):
        if self._closed:
            raise RuntimeError("Runner is closed")
        if self._loop is None:
            self._loop = self._factory() if self._factory else asyncio.get_event_loop()
        return self._loop

    def run(self, coro, *, context=None):
        loop = self.get_loop()
        if loop.is_running():
            raise RuntimeError("Runner.run() cannot be called from a running event loop")
        if not hasattr(coro, "send"):
            raise ValueError("a coroutine was expected, got {!r}".format(coro))
        # Kept, so that it is found at the end even if nothing can wake it.
        self._task = task = loop.create_task(coro)
        try:
            return loop.run_until_complete(task)
        except KeyboardInterrupt:
            if not task.cancel():
                raise
        # What it has in hand comes to its end. A second Ctrl-C leaves at once.
        try:
            return loop.run_until_complete(task)
        except asyncio.CancelledError:
            raise KeyboardInterrupt

    def close(self):
        if self._closed:
            return
        self._closed = True
        if self._loop is None:
            return
        left = [task for task in asyncio.all_tasks() if task.cancel()]
        self._task = None
        if left:
            self._loop.run_until_complete(end(left))


async def end(tasks):
    for task in tasks:
        try:
            await task
        except asyncio.CancelledError:
            pass
        except Exception as error:
            asyncio.get_event_loop().call_exception_handler(
                {
                    "message": "unhandled exception during asyncio.run() shutdown",
                    "exception": error,
                    "future": task,
                }
            )
