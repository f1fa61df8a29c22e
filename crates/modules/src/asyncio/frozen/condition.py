# Condition: wait, holding a lock, until somebody says that something has changed.
from asyncio import CancelledError, Future, Lock


class Condition:
    def __init__(self, lock=None):
        self._lock = Lock() if lock is None else lock
        self._waiting = []
        self.locked = self._lock.locked
        self.acquire = self._lock.acquire
        self.release = self._lock.release

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, kind, error, traceback):
        self.release()

    async def wait(self):
        if not self.locked():
            raise RuntimeError("cannot wait on un-acquired lock")
        notified = Future()
        self._waiting.append(notified)
        self.release()
        # The lock is taken again whatever happens, however often this task is cancelled meanwhile.
        failure = None
        try:
            await notified
        except CancelledError as error:
            failure = error
            if notified in self._waiting:
                self._waiting.remove(notified)
        while True:
            try:
                await self.acquire()
                break
            except CancelledError as error:
                failure = error
        if failure is not None:
            if not notified.cancelled():
                # Told, and too late for it: somebody else is.
                self._notify(1)
            try:
                raise failure
            finally:
                failure = None
        return True

    async def wait_for(self, predicate):
        result = predicate()
        while not result:
            await self.wait()
            result = predicate()
        return result

    def notify(self, n=1):
        if not self.locked():
            raise RuntimeError("cannot notify on un-acquired lock")
        self._notify(n)

    def notify_all(self):
        self.notify(len(self._waiting))

    def _notify(self, n):
        while n > 0 and self._waiting:
            notified = self._waiting.pop(0)
            if not notified.done():
                notified.set_result(None)
                n -= 1
