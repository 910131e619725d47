"""A connection to the root helper, for control and for drivers that need a thing done by root."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hal.client.connection import ADMIN_USER, Connection, HalRefused

Progress = Callable[[float, str], bool]
"""Called with per cent done and words; tells whether to go on."""


class AdminClient(Connection):
    """A blocking connection to hal-admin.sock."""

    def __init__(self, path: Path, timeout_s: float = 60.0) -> None:
        super().__init__(path, timeout_s, frozenset(), ADMIN_USER)

    def verbs(self) -> list[str]:
        """List what can be asked, as `noun.verb`."""
        return self.request(op="verbs")["result"]

    def ask(self, noun: str, verb: str, progress: Progress | None = None, **args: Any) -> Any:
        """Ask for something and wait for its end; raises `HalRefused` with words, `HalUnavailable`."""
        number = self.send(op="ask", noun=noun, verb=verb, args=args)
        cancelled = 0
        while True:
            answer = self.read()
            if cancelled and answer.get("id") == cancelled:
                continue
            if answer.get("op") == "error":
                raise HalRefused(answer["words"])
            if answer.get("op") == "progress":
                if progress is not None and not cancelled and not progress(answer["percent"], answer["words"]):
                    cancelled = self.send(op="cancel", of=number)
            elif answer.get("id") == number:
                return answer["result"]
