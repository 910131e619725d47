"""Calls of the recorder's API: schemathesis makes them up from its OpenAPI, and what is drawn decides which."""

import atexit
import contextlib
import random
import shutil
import tempfile
from pathlib import Path

from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import characters

from tests.recorder.api.made_up import MODES, MadeUp, furnish
from tests.recorder.api.served import Served

DECLARED = ()
SLOW_S = 30.0
"""The first call of an operation makes its strategy, which takes a second of a machine that is busy."""
TASTE = 0
"""Mutations in `make test`, where `test_hostile_calls` calls every operation, once as it should be and once not."""
MOST_MEMORY = 6 << 30
"""Each thread of the recorder reserves much more than it uses."""
_dice = random.Random(1)
SEEDS = tuple(bytes((number % 256, number // 256)) + _dice.randbytes(200) for number in range(12))


class Fault(Exception):
    """The recorder answered with a fault of its own."""


class _House:
    """One recorder for all calls, made at the first."""

    def __init__(self) -> None:
        place = tempfile.mkdtemp(prefix="nightjar-fuzz-")
        # It ends with the process: by then nothing can be closed in order any more.
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        served = Served(Path(place) / "data").__enter__()
        furnish(served)
        self._made_up = MadeUp(served, turn=_dice.randrange(1000))
        self._askers: dict[int, object] = {}

    def ask(self, number: int, drawn: bytes) -> None:
        """Make the call that was drawn; raises `Fault`."""
        operations = self._made_up.operations
        which = number % (2 * len(operations))
        if which not in self._askers:
            self._askers[which] = self._made_up.asker(operations[which // 2], MODES[which % 2], self._take)
        with contextlib.suppress(Unsatisfiable):
            self._askers[which].hypothesis.fuzz_one_input(drawn)

    @staticmethod
    def _take(case, answer) -> None:
        if answer.status_code == 500:
            raise Fault(case.as_curl_command())


_house: list[_House] = []


def prepare() -> None:
    """Make the recorder, once for all campaigns, and what hypothesis works out once for all texts, which takes long."""
    if not _house:
        characters(codec="utf-8").validate()
        _house.append(_House())


def target(data: bytes) -> None:
    """Two bytes choose the operation and whether the call fits, the others what is in it."""
    _house[0].ask(int.from_bytes(data[:2], "little"), data[2:])
