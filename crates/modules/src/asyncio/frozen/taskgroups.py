# TaskGroup: tasks that are all over when the block is; when one fails, the others are cancelled.
import asyncio
from asyncio import CancelledError


class TaskGroup:
    def __init__(self):
        self._parent = None
        self._tasks = set()
        self._errors = []
        # What ended the group from inside and is more than an error: SystemExit and its like.
        self._base_error = None
        self._aborting = False
        self._exiting = False
        self._parent_asked = False
        self._empty = None

    async def __aenter__(self):
        if self._parent is not None:
            raise RuntimeError("TaskGroup has already been entered")
        self._parent = asyncio.current_task()
        return self

    async def __aexit__(self, kind, error, traceback):
        self._exiting = True
        try:
            return await self._leave(kind, error)
        finally:
            # So that no exception keeps the group, and the group no exception.
            self._parent = None
            self._errors = None
            self._base_error = None

    async def _leave(self, kind, error):
        if error is not None and self._base_error is None and isinstance(error, (SystemExit, KeyboardInterrupt)):
            self._base_error = error
        cancelled = error if kind is CancelledError else None
        if self._take_back():
            # The cancellation was the group's own: what caused it is raised in its place.
            cancelled = None
        if kind is not None and not self._aborting:
            self._abort()
        while self._tasks:
            if self._empty is None:
                self._empty = asyncio.Future()
            try:
                await self._empty
            except CancelledError as late:
                if not self._aborting:
                    # From outside: everything has to stop.
                    cancelled = late
                    self._abort()
            self._empty = None
        self._take_back()
        if self._base_error is not None:
            raise self._base_error
        if cancelled is not None and not self._errors:
            raise cancelled
        if kind is not None and kind is not CancelledError:
            self._errors.append(error)
        if self._errors:
            raise BaseExceptionGroup("unhandled errors in a TaskGroup", self._errors)

    def _take_back(self):
        # The request to the parent, once; says whether there are no others.
        if not self._parent_asked:
            return False
        self._parent_asked = False
        return self._parent.uncancel() == 0

    def create_task(self, coro, *, name=None, context=None):
        if self._parent is None and not self._exiting:
            raise RuntimeError("TaskGroup has not been entered")
        if self._exiting and not self._tasks:
            raise RuntimeError("TaskGroup is finished")
        if self._aborting:
            raise RuntimeError("TaskGroup is shutting down")
        task = asyncio.create_task(coro)
        if name is not None:
            task.set_name(name)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _abort(self):
        self._aborting = True
        for task in self._tasks:
            if not task.done():
                task.cancel()

    def _over(self, task):
        self._tasks.discard(task)
        if self._empty is not None and not self._tasks and not self._empty.done():
            self._empty.set_result(True)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        self._errors.append(error)
        if self._base_error is None and isinstance(error, (SystemExit, KeyboardInterrupt)):
            self._base_error = error
        if self._parent is None or self._parent.done():
            return
        if not self._aborting and not self._parent_asked:
            # The block is still under way, or waits for the tasks: either way it has to hear of this.
            self._abort()
            self._parent_asked = True
            self._parent.cancel()
