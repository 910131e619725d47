"""The simulated USB sticks: folders, in a pocket or in a port; a hand puts files on those in the pocket.

A stick in a port is a folder below `media`, as a mounted one is; pulled, it goes to `hardware/sticks` with all that is
on it. The places are all there is to know, so that other processes and later runs find the sticks as they are.
"""

import re
import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hal.errors import BadRequest, Refused

LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,10}")
"""What FAT keeps of a label: eleven characters."""
CAPACITY_BYTES = 31_457_280_000
MOST_FILES = 1000
"""So many files of a stick are told."""
DEEPEST = 8
LONGEST_NAME = 255


@dataclass(frozen=True)
class StickFile:
    """A file on a stick."""

    name: str
    """With the folders above it, parted by slashes."""
    bytes: int


@dataclass(frozen=True)
class Stick:
    """One stick; `port` is empty while it is in the pocket."""

    label: str
    port: str
    files: tuple[StickFile, ...]


class Pocket:
    """All sticks of a board's world."""

    def __init__(self, data: Path | None = None) -> None:
        """`data` is the directory of the recorder's instance; without one the sticks go with the process."""
        if data is None:
            data = Path(tempfile.mkdtemp(prefix="nightjar-sticks-"))
            weakref.finalize(self, shutil.rmtree, data, ignore_errors=True)
        self._data = data

    @property
    def _pocket(self) -> Path:
        return self._data / "hardware" / "sticks"

    def sticks(self) -> tuple[Stick, ...]:
        """List all sticks with their files."""
        here = [Stick(one.name, "", _files(one)) for one in _folders(self._pocket)]
        plugged = [(port.name, one) for port in _folders(self._data / "media") for one in _folders(port)]
        return (*here, *(Stick(one.name, port, _files(one)) for port, one in plugged))

    def at(self, port: str) -> Path | None:
        """Give the folder of the stick in a port."""
        return next(iter(_folders(self._data / "media" / port)), None)

    def open_for_writing(self, port: str, *, writing: bool) -> Path:
        """Say whether the stick in a port can be written; gives its folder. Raises `Refused` where there is none."""
        if (folder := self.at(port)) is None:
            raise Refused(f"There is no stick in {port}")
        if writing:
            self._written.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._written / port).touch()
        else:
            (self._written / port).unlink(missing_ok=True)
        return folder

    def is_writing(self, port: str) -> bool:
        """Whether the stick in a port can be written now."""
        return (self._written / port).exists()

    @property
    def _written(self) -> Path:
        return self._data / "hardware" / "written"

    def insert(self, port: str, label: str = "") -> None:
        """Push a stick of the pocket into a port; a new, empty one where no label is given."""
        if self.at(port) is not None:
            raise Refused(f"There is a stick in {port} already")
        label = label or self._fresh_label()
        folder = self._in_pocket(label)
        if not folder.is_dir():
            raise BadRequest(f"There is no stick {label} in the pocket")
        target = self._data / "media" / port / label
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.rename(target)

    def pull(self, port: str) -> None:
        """Pull the stick out, with files open or not."""
        folder = self.at(port)
        if folder is None:
            raise Refused(f"There is no stick in {port}")
        self._pocket.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.rename(self._pocket / folder.name)
        (self._written / port).unlink(missing_ok=True)

    def put(self, label: str, name: str, content: bytes, *, begins: bool) -> None:
        """Write a file on a stick of the pocket, or go on with it; a stick that there is not is a new one."""
        path = self._file(self._in_pocket(label), name)
        if any(one.label == label and one.port for one in self.sticks()):
            raise Refused(f"{label} is in the recorder; pull it out first")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("wb" if begins else "ab") as file:
            file.write(content)

    def read(self, label: str, name: str, offset: int, most: int) -> bytes:
        """Read a part of a file of any stick; empty at its end."""
        places = [self._pocket / label, *(port / label for port in _folders(self._data / "media"))]
        folder = next((one for one in places if LABEL.fullmatch(label) and one.is_dir()), None)
        path = self._file(folder, name) if folder is not None else None
        if path is None or not path.is_file():
            raise BadRequest(f"There is no file {name[:80]!r} on {label[:20]!r}")
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(most)

    def _fresh_label(self) -> str:
        taken = {one.label for one in self.sticks()}
        label = next(name for number in range(1, len(taken) + 2) if (name := f"STICK-{number}") not in taken)
        (self._pocket / label).mkdir(mode=0o700, parents=True)
        return label

    def _in_pocket(self, label: str) -> Path:
        if not LABEL.fullmatch(label):
            raise BadRequest(f"{label[:20]!r} is no name for a stick: up to eleven letters, digits, - and _")
        return self._pocket / label

    @staticmethod
    def _file(folder: Path, name: str) -> Path:
        parts = PurePosixPath(name).parts
        wrong = any(part in {"..", "/"} or len(part.encode()) > LONGEST_NAME for part in parts)
        if not parts or wrong or len(parts) > DEEPEST or not name.isprintable():
            raise BadRequest(f"{name[:80]!r} is no name for a file on a stick")
        path = folder.joinpath(*parts)
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BadRequest(f"{name[:80]!r} leads away from the stick")
        return path


def _folders(place: Path) -> list[Path]:
    try:
        return sorted(one for one in place.iterdir() if one.is_dir() and not one.is_symlink())
    except FileNotFoundError:
        return []


def _files(stick: Path) -> tuple[StickFile, ...]:
    found = sorted(one for one in stick.rglob("*") if one.is_file() and not one.is_symlink())[:MOST_FILES]
    return tuple(StickFile(str(one.relative_to(stick)), one.stat().st_size) for one in found)


def pocket_of(world: dict[str, object]) -> Pocket:
    """Give the pocket of a board's world, the same one to all its simulators."""
    found = world.get("pocket")
    if found is None:
        found = world["pocket"] = Pocket()
    assert isinstance(found, Pocket)
    return found
