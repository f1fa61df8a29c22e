# Barrier: so many tasks wait for each other, and then go on together.
#
#   filling -- the last one has come --> draining -- the last one has left --> filling
#      |  '- reset, with anybody inside --> resetting -- the last one has left --> filling
#      '---- abort --> broken -- reset --> filling
from asyncio import BrokenBarrierError, Future

FILLING, DRAINING, RESETTING, BROKEN = range(4)


class Barrier:
    def __init__(self, parties):
        if parties < 1:
            raise ValueError("parties must be > 0")
        self.parties = parties
        self._state = FILLING
        self._inside = 0
        self._change = Future()

    @property
    def n_waiting(self):
        return self._inside if self._state == FILLING else 0

    @property
    def broken(self):
        return self._state == BROKEN

    async def __aenter__(self):
        return await self.wait()

    async def __aexit__(self, kind, error, traceback):
        pass

    async def wait(self):
        while self._state in (DRAINING, RESETTING):
            await self._changed()
        self._check()
        index = self._inside
        self._inside += 1
        try:
            if self._inside == self.parties:
                self._become(DRAINING)
            else:
                while self._state == FILLING:
                    await self._changed()
                if self._state != DRAINING:
                    raise BrokenBarrierError("Barrier aborted")
            return index
        finally:
            self._inside -= 1
            if self._inside == 0 and self._state in (DRAINING, RESETTING):
                self._become(FILLING)

    async def reset(self):
        if self._inside:
            if self._state != RESETTING:
                self._become(RESETTING)
        else:
            self._become(FILLING)

    async def abort(self):
        self._become(BROKEN)

    def _check(self):
        if self._state == BROKEN:
            raise BrokenBarrierError("Barrier aborted")

    def _become(self, state):
        self._state = state
        change, self._change = self._change, Future()
        change.set_result(None)

    async def _changed(self):
        # Each one its own future: a task that is cancelled cancels what it awaits.
        mine = Future()

        def pass_on(change):
            if not mine.done():
                mine.set_result(None)

        change = self._change
        change.add_done_callback(pass_on)
        try:
            await mine
        finally:
            change.remove_done_callback(pass_on)
