"""`python3 board.py FOLDER`: runs the devices of a board.toml as hal does, and says all they say.

Each line of its input is a request `{"id", "kind", "name", "verb", "args"}`. What it prints are lines of JSON: `board`
with the inventory and the states when every device was opened, `state` and `event` as they come, `answer` or `error`
with the id. What else stands in its output is hal's log. It ends in order with its input, and at SIGTERM.
"""

import logging
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from hal.bay_lights import BayLights
from hal.board import Board
from hal.errors import HalError, words_of
from hal.machine import Machine

ANSWER_S = 60.0


def say(message: Mapping[str, Any]) -> None:
    """Print one line; whole, whichever thread says it."""
    os.write(1, msgspec.json.encode(message) + b"\n")


def answer(board: Board, asked: dict[str, Any]) -> None:
    """Do what is asked."""
    number = asked["id"]
    try:
        future = board.ask(asked["kind"], asked["name"], asked["verb"], asked["args"])
        say({"answer": number, "result": future.result(ANSWER_S)})
    except (HalError, OSError) as error:
        say({"error": number, "words": words_of(error)})


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    # Whoever reads a pipe goes on reading after a handler that returns, so it raises.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    folder = Path(sys.argv[1])
    board = Board.read(folder, Machine(keep=folder / "keep"))
    BayLights(board).follow()
    for device in board:
        device.watch(lambda state: say({"state": state}))
        device.hear(lambda event: say({"event": event}))
    with board:
        inventory, states = ([about(device) for device in board] for about in (board.inventory, board.state))
        say({"board": board.id, "inventory": inventory, "states": states})
        for line in sys.stdin:
            answer(board, msgspec.json.decode(line))


if __name__ == "__main__":
    main()
