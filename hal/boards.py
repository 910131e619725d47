"""Check every board (`make boards`): its file, its fan curves, and that its README accounts for every device."""

import re
import sys
from pathlib import Path

from hal.board import Board, BoardFile, DeviceEntry, read_board_file
from hal.cooling import Cooling
from hal.errors import BadBoard

DATED = re.compile(r"untested|\b20[0-9]{2}-[01][0-9]-[0-3][0-9]\b")


def check(folder: Path) -> tuple[BoardFile, tuple[DeviceEntry, ...]]:
    """Check one board; raises `BadBoard` with the file and what is wrong."""
    described, entries = read_board_file(folder / "board.toml")
    if described.id != folder.name:
        raise BadBoard(f"{folder / 'board.toml'}: id is {described.id!r}, and the folder is called {folder.name!r}")
    if described.cooling:
        try:
            Cooling(Board(described, entries), described.cooling)
        except BadBoard as error:
            raise BadBoard(f"{folder / 'board.toml'}: {error}") from None
    _check_readme(folder / "README.md", entries)
    return described, entries


def _check_readme(readme: Path, entries: tuple[DeviceEntry, ...]) -> None:
    """Every real device stands in a row of the README that says when it was seen to work, or `untested`."""
    try:
        rows = [line for line in readme.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    except OSError as error:
        raise BadBoard(f"{readme}: {error.strerror}") from None
    for entry in entries:
        told = [row for row in rows if f"`{entry.name}`" in row and DATED.search(row)]
        if entry.driver != "simulated" and not told:
            raise BadBoard(f"{readme}: {entry.kind} {entry.name} needs a row with a date, or the word untested")


def main() -> None:
    """Check all boards of a folder and list them."""
    wrong = False
    for folder in sorted(path.parent for path in Path(sys.argv[1]).glob("*/board.toml")):
        try:
            described, entries = check(folder)
        except BadBoard as error:
            sys.stderr.write(f"{error}\n")
            wrong = True
        else:
            sys.stdout.write(f"{described.id:22} {len(entries):3} devices  {described.title}\n")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
