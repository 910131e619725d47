"""Start the hal process: `python -m hal --socket PATH --board DIR`.

Simulated disks and sticks are directories of the instance that `--world` names; without it they hold nothing.
"""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from hal.additions import Additions
from hal.bay_lights import BayLights
from hal.board import Board
from hal.case_keys import CaseKeys
from hal.cooling import Cooling
from hal.daemon import Daemon
from hal.detection import detect, named
from hal.errors import BadBoard
from hal.kernel.scheduling import be_prompt
from hal.machine import Machine
from hal.simulated.flash import Flash
from hal.simulated.pocket import Pocket
from hal.simulated.rack import Rack

AUTO = "auto"
BOARDS = Path(__file__).parents[1] / "board"
log = logging.getLogger("hal")


async def serve(daemon: Daemon, socket: Path) -> None:
    """Serve until SIGTERM."""
    task = asyncio.ensure_future(daemon.serve(socket, lambda: print("ready", flush=True)))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await asyncio.wait([task])
    socket.unlink(missing_ok=True)


def _folder(name: str, boards: Path, machine: Machine) -> Path:
    """Find the board that is named, or that this machine is."""
    if name != AUTO:
        return named(boards, name)
    found = detect(machine, boards)
    log.log(logging.INFO if found.known else logging.WARNING, "%s", found.why)
    return found.folder


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read a command line; without `words` that of this process."""
    parser = argparse.ArgumentParser(prog="hal", description="The devices of one board")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--board", required=True, help="a board's name, or auto for the one this machine is")
    parser.add_argument("--boards", type=Path, default=BOARDS, help="the folder of all boards")
    parser.add_argument("--world", type=Path, help="where simulated disks and sticks are: the data directory")
    parser.add_argument("--keep", type=Path, help="a folder for what devices remember across power cuts")
    return parser.parse_args(words)


def daemon_of(asked: argparse.Namespace) -> Daemon:
    """Read the board; raises `BadBoard`. It is opened by whoever serves it."""
    world: dict[str, object] = {"rack": Rack(asked.world), "pocket": Pocket(asked.world), "flash": Flash(asked.world)}
    machine = Machine(keep=asked.keep, world=world)
    board = Board.read(_folder(asked.board, asked.boards, machine), machine)
    if board.cooling:
        Cooling(board, board.cooling).follow()
    CaseKeys(board).follow()
    BayLights(board).follow()
    additions = Additions(board, machine)
    additions.recall()
    return Daemon(board, additions)


def main() -> None:
    """Read the board and serve it."""
    asked = arguments()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    be_prompt()
    try:
        daemon = daemon_of(asked)
    except BadBoard as error:
        sys.exit(f"hal: {error}")
    with daemon.board:
        asyncio.run(serve(daemon, asked.socket))


if __name__ == "__main__":
    main()
