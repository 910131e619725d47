"""The root helper's own nouns over a tree of sysfs, as drivers reach them: only the programs are scripted."""

from dataclasses import replace

from hal.admin.array import Arrays
from hal.admin.disk import Disks
from hal.admin.guard import Guard
from hal.admin.job import Done
from hal.admin.slot import Slots
from hal.admin.stick import Sticks
from hal.client.connection import HalUnavailable
from hal.errors import HalError, Offline
from tests.hal.blocks import FileSystems


class NoEvents:
    """A listener that never hears anything: tests look themselves."""

    def open(self):
        pass

    def fileno(self):
        return None

    def drain(self):
        pass

    def close(self):
        pass


class Rooted:
    """`said(argv)` answers for the programs; `asked` are their command lines."""

    def __init__(self, blocks, said=lambda _argv: Done(0, b"", "")):
        self.blocks = blocks
        self.asked = []
        self.said = said
        guard = Guard(blocks.machine)
        run = self._run
        self.nouns = {"disk": Disks(guard, run), "slot": Slots(guard, run), "array": Arrays(guard, run)}
        self.kernel = FileSystems(blocks)
        self.nouns["stick"] = Sticks(guard, blocks.root / "sticks", run, file_systems=self.kernel)
        self.machine = replace(blocks.machine, admin=self._ask, block_events=NoEvents)

    def _run(self, argv, _given=b"", _patience_s=60.0):
        self.asked.append(" ".join(argv))
        return self.said(argv)

    def _ask(self, noun, verb, args):
        try:
            return getattr(self.nouns[noun], verb)(**args)
        except (HalError, HalUnavailable) as error:
            raise Offline(str(error)) from None
