"""Who has a serial line: a port with a role says what it is used for, and a bus of domes on the same tty follows.

Both must share one bus of their board, so that one thread hands the line over.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, cast

from hal.errors import Offline

if TYPE_CHECKING:
    from hal.machine import Machine

DOMES = "ptz"


class LineUser(Protocol):
    """A device that can be told to let go of its line, and to take it again."""

    def give_up(self, reason: str) -> None:
        """Let go, and be offline with the reason."""
        ...

    def take_again(self) -> None:
        """Take the line again if it was given up."""
        ...


class SharedLine:
    """One tty. Without a port that declares a role the domes have it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._role = DOMES
        self._domes: tuple[LineUser, int] | None = None

    def declare(self, role: str) -> None:
        """Say what the line is used for now; raises `Offline` where the domes are of another bus of the board."""
        if self._domes is not None and role != self._role:
            user, thread = self._domes
            if thread != threading.get_ident():
                raise Offline(f"{self._path}: its port and its domes must have the same bus in board.toml")
            self._role = role
            if role == DOMES:
                user.take_again()
            else:
                user.give_up(f"{self._path} is used as {role}")
        self._role = role

    def require_domes(self, user: LineUser) -> None:
        """Have the line for domes from now on; raises `Offline` if it is used for something else."""
        self._domes = (user, threading.get_ident())
        if self._role != DOMES:
            raise Offline(f"{self._path} is used as {self._role}")


def line_of(machine: Machine, path: str) -> SharedLine:
    """Give the one line of this machine with this path."""
    return cast("SharedLine", machine.world.setdefault(f"line {path}", SharedLine(path)))
