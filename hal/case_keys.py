"""What the power and reset keys of the case do by themselves, without a screen and whatever else runs (V-HW-08)."""

import logging

from hal.board import Board
from hal.kinds.device import DeviceEvent
from hal.kinds.key import KeyAction, KeyEvent

audit = logging.getLogger("hal.audit")


class CaseKeys:
    """Power held for 3 s shuts the machine down; a short push of reset starts it anew, in order.

    What reset does when it is held is control's; that it was held is written down here.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._machines = [device.name for device in board if device.kind == "power"]

    def follow(self) -> None:
        """Listen to all keys of the board."""
        for device in self._board:
            if device.kind == "key":
                device.hear(self._heard)

    def _heard(self, event: DeviceEvent) -> None:
        match event:
            case KeyEvent(key="power", action=KeyAction.HELD):
                self._ask("shut_down")
            case KeyEvent(key="reset", action=KeyAction.RELEASED, long=False):
                self._ask("restart")
            case KeyEvent(key="reset", action=KeyAction.HELD):
                audit.warning("asked: key %s reset is held at the case", event.name)
            case _:
                pass

    def _ask(self, verb: str) -> None:
        for name in self._machines:
            audit.warning("asked: power %s %s by a key of the case", name, verb)
            self._board.ask("power", name, verb, {})
