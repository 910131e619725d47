"""`python -m gui --data DIR [--headless | --monitor] [--size 1280x720] [--full-screen]`: the local screen."""

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gui.app import App, hold_signals
from gui.input.keymap import BadKeymap, Keymap
from gui.presenter.headless import HeadlessPresenter
from gui.presenter.machine import MachinePresenter, Monitors
from gui.presenter.sdl import NoDisplay, SdlPresenter
from recorder.client.instance import default_data_directory
from recorder.client.known import know

if TYPE_CHECKING:
    from gui.presenter.presenter import Presenter

SMALLEST, LARGEST = 320, 7680
SIZE = 1280, 720
LARGEST_SHOWN = 1920, 1080
"""A monitor of more pixels shows these: four times as many cost four times as much work for the same wall."""


def _written(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _size(text: str) -> tuple[int, int]:
    across, _cross, down = text.lower().partition("x")
    try:
        size = int(across), int(down)
    except ValueError:
        raise argparse.ArgumentTypeError("write it as 1280x720") from None
    if not all(SMALLEST <= side <= LARGEST for side in size):
        raise argparse.ArgumentTypeError(f"each side must be {SMALLEST} to {LARGEST}")
    return size


def main(arguments: list[str] | None = None) -> int:
    """Run the screen; 0 when it was closed or told to end."""
    parser = argparse.ArgumentParser(prog="python -m gui", description="The local screen of Nightjar")
    parser.add_argument("--data", type=Path, default=default_data_directory(), help="the running instance")
    parser.add_argument("--headless", action="store_true", help="draw into memory; look by `nightjar screenshot`")
    parser.add_argument("--monitor", action="store_true", help="draw on the machine's monitor without a window system")
    parser.add_argument(
        "--size",
        type=_size,
        help=f"of the window or picture ({_written(SIZE)}), or the largest for a monitor ({_written(LARGEST_SHOWN)})",
    )
    parser.add_argument("--full-screen", action="store_true", help="fill the monitor")
    parser.add_argument(
        "--evdev",
        type=Path,
        metavar="BOARD",
        help="read all input devices itself; a board's folder with its remote.toml",
    )
    wanted = parser.parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    hold_signals()
    know()
    presenter: Presenter
    try:
        keymap = Keymap.read(wanted.evdev / "remote.toml") if wanted.evdev is not None else None
        if wanted.headless:
            presenter = HeadlessPresenter(wanted.size or SIZE)
        elif wanted.monitor:
            presenter = MachinePresenter(Monitors(wanted.size or LARGEST_SHOWN))
        else:
            presenter = SdlPresenter(wanted.size or SIZE, full=wanted.full_screen)
    except (NoDisplay, BadKeymap) as error:
        logging.getLogger("gui").error("%s", error)  # noqa: TRY400 - the words say it all
        return 1
    App(wanted.data, presenter, keymap=keymap).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
