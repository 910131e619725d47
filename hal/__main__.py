"""Start the hal process: `python -m hal --socket PATH --board DIR`.

Simulated disks are directories of the recorder's instance that `--world` names; without it they hold nothing.
"""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from hal.board import Board
from hal.cooling import Cooling
from hal.daemon import Daemon
from hal.errors import BadBoard
from hal.machine import Machine
from hal.simulated.rack import Rack


async def serve(daemon: Daemon, socket: Path) -> None:
    """Serve until SIGTERM."""
    task = asyncio.ensure_future(daemon.serve(socket, lambda: print("ready", flush=True)))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await asyncio.wait([task])
    socket.unlink(missing_ok=True)


def main() -> None:
    """Read the board and serve it."""
    parser = argparse.ArgumentParser(prog="hal", description="The devices of one board")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--board", type=Path, required=True, help="a folder with a board.toml")
    parser.add_argument("--world", type=Path, help="where simulated disks are: the data directory of the recorder")
    parser.add_argument("--keep", type=Path, help="a folder for what devices remember across power cuts")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    try:
        board = Board.read(asked.board, Machine(keep=asked.keep, world={"rack": Rack(asked.world)}))
        if board.cooling:
            Cooling(board, board.cooling).follow()
    except BadBoard as error:
        sys.exit(f"hal: {error}")
    daemon = Daemon(board)
    with board:
        asyncio.run(serve(daemon, asked.socket))


if __name__ == "__main__":
    main()
