"""Which board this machine is: what its firmware says, against what every board's file says of itself.

A board's `[probe]` holds words of DMI (`dmi.FIELD`, /sys/class/dmi/id), device tree names (`compatible`), or paths that
only this board has (`exists`). All of them must hold; the board with the most of them wins. A board without a probe is
only taken when it is named.
"""

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hal.board import Probe, described
from hal.errors import BadBoard
from hal.machine import Machine

GENERIC = {"x86_64": "generic-x86-64"}
"""The profile for a machine that no board knows, by architecture: nothing is assumed of it."""
LONGEST_WORD = 256


@dataclass(frozen=True)
class Detected:
    """The folder of a board, and why it was taken, in words. `known`: a probe matched."""

    folder: Path
    why: str
    known: bool


def detect(machine: Machine, boards: Path, architecture: str | None = None) -> Detected:
    """Find the board of this machine; raises `BadBoard` where nothing fits, or two fit equally."""
    weights = [(_weight(described(path).probe, machine), path.parent.name) for path in boards.glob("*/board.toml")]
    fitting = sorted((one for one in weights if one[0]), reverse=True)
    who = " ".join(_words(machine)) or "a machine that does not tell its name"
    if fitting:
        best = [name for weight, name in fitting if weight == fitting[0][0]]
        if len(best) > 1:
            raise BadBoard(f"{who} fits {' and '.join(sorted(best))} equally; name the board")
        return Detected(boards / best[0], f"{who} is {best[0]}", known=True)
    generic = GENERIC.get(architecture or platform.machine())
    if generic is None or not (boards / generic).is_dir():
        raise BadBoard(f"{who} is not known, and there is no generic board for it; name one of {names(boards)}")
    return Detected(boards / generic, f"{who} is not known; {generic} is used, which assumes nothing", known=False)


def named(boards: Path, name: str) -> Path:
    """Give the folder of a board; raises `BadBoard` with those there are."""
    if name not in names(boards).split(", "):
        raise BadBoard(f"there is no board {name!r}; there are {names(boards)}")
    return boards / name


def names(boards: Path) -> str:
    """Name all boards."""
    return ", ".join(sorted(path.parent.name for path in boards.glob("*/board.toml")))


def _weight(probe: Probe, machine: Machine) -> int:
    """How many words of a probe hold; 0 unless all do."""
    tree = _compatible(machine)
    holds = [
        *(_word(machine.sys / "class/dmi/id" / field) == word for field, word in probe.dmi.items()),
        *(name in tree for name in probe.compatible),
        *((machine.root / path.lstrip("/")).exists() for path in probe.exists),
    ]
    return len(holds) if all(holds) else 0


def _words(machine: Machine) -> Iterable[str]:
    """What the machine calls itself."""
    dmi = [_word(machine.sys / "class/dmi/id" / field) for field in ("sys_vendor", "product_name")]
    return [word for word in (*dmi, _word(machine.proc / "device-tree/model")) if word]


def _compatible(machine: Machine) -> list[str]:
    return _word(machine.proc / "device-tree/compatible", 4096).split("\0")


def _word(path: Path, longest: int = LONGEST_WORD) -> str:
    try:
        told = path.read_bytes()[:longest].decode(errors="replace").strip("\0\n ")
    except OSError:
        return ""
    return "".join(letter for letter in told if letter.isprintable() or letter == "\0")
