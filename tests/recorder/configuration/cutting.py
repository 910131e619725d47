"""Files whose power can be cut before or after any step."""

from recorder.configuration.steps import Steps


class PowerCut(Exception):
    """Nothing after this happens."""


class Cutting(Steps):
    """The power goes at the step of this number, just before it or just after it; 0: never."""

    def __init__(self, at=0, *, done=False):
        self.at, self.done = at, done
        self.steps = 0

    def _step(self, do):
        self.steps += 1
        if self.steps != self.at:
            do()
            return
        if self.done:
            do()
        raise PowerCut

    def write(self, path, data, mode=0o600):
        if self.steps + 1 == self.at and not self.done:
            path.write_bytes(data[: len(data) // 2])  # half of it
        self._step(lambda: Steps.write(self, path, data, mode))

    def rename(self, path, to):
        self._step(lambda: Steps.rename(self, path, to))

    def remove(self, path):
        self._step(lambda: Steps.remove(self, path))

    def sync(self, folder):
        self._step(lambda: Steps.sync(self, folder))

    def commit(self, work):
        self._step(work)


def every_cut(work):
    """Give steps that are cut at each place of a work in turn, which is done once to count them."""
    counted = Cutting()
    work(counted)
    for at in range(1, counted.steps + 1):
        for done in (False, True):
            yield Cutting(at, done=done)
