"""Arrays as the md driver tells them in sysfs, and which of them share their spares.

Facts: Documentation/admin-guide/md.rst. `sync_completed` is in sectors of 512 bytes, speeds are KiB a second. Names
such as /dev/md/footage are links that mdadm makes; the kernel knows none.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hal.errors import BadAnswer, BadRequest
from hal.kernel.block import NAME, SECTOR
from hal.kinds.array import Level
from hal.machine import Machine

KIB = 1024
SHARING = "nightjar/sharing-arrays"
"""Below /etc: the ids of the arrays that lend each other their spares, one a line."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FAULTY, _IN_SYNC = "faulty", "in_sync"


@dataclass(frozen=True)
class MdMember:
    """One device of an array; `disk` is the whole disk it is or lies on."""

    disk: str
    states: frozenset[str]
    slot: int | None
    """Its place among the data; None: it has none."""
    gone: bool
    """It was pulled, which md may learn only when it next writes."""

    @property
    def is_faulty(self) -> bool:
        """Whether md gave it up."""
        return _FAULTY in self.states

    @property
    def is_active(self) -> bool:
        """Whether it holds all its data."""
        return _IN_SYNC in self.states

    @property
    def is_spare(self) -> bool:
        """Whether it waits to be used."""
        return not self.is_faulty and not self.is_active and self.slot is None


@dataclass(frozen=True)
class MdArray:
    """One array that runs."""

    name: str
    md_path: Path
    title: str
    uuid: str
    """As the kernel writes it, with dashes; empty for an array of old metadata."""
    level: Level
    state: str
    wanted: int
    missing: int
    capacity_bytes: int
    members: tuple[MdMember, ...]
    action: str
    done_share: float | None
    """Of what is under way; None: nothing is."""
    bytes_per_s: int
    speed_min: str
    mismatches: int

    @property
    def disks(self) -> tuple[str, ...]:
        """The disks it is made of."""
        return tuple(one.disk for one in self.members)


def arrays(machine: Machine) -> list[MdArray]:
    """List the arrays that run; one that just ends is left out."""
    found: list[MdArray] = []
    titles = _titles(machine)
    with suppress(OSError):
        for one in sorted((machine.sys / "block").iterdir()):
            with suppress(OSError):
                if one.name.startswith("md") and _text(one / "md/array_state") not in {"clear", "inactive"}:
                    found.append(_array(one, titles.get(one.name, "")))
    return found


def array_named(machine: Machine, name: str) -> MdArray:
    """Find an array; raises `BadRequest`."""
    if NAME.fullmatch(name):
        for one in arrays(machine):
            if one.name == name:
                return one
    raise BadRequest(f"There is no array {name[:32]!r}")


def sharing(machine: Machine) -> frozenset[str]:
    """Give the ids of the arrays that share their spares."""
    try:
        lines = (machine.etc / SHARING).read_text(errors="replace").splitlines()
    except OSError:
        return frozenset()
    return frozenset(line for line in lines if _UUID.fullmatch(line))


def _array(path: Path, title: str) -> MdArray:
    md = path / "md"
    level = _text(md / "level")
    try:
        known = Level(level)
    except ValueError:
        raise BadAnswer(f"{path.name} has a level that is not known", level.encode()) from None
    return MdArray(
        name=path.name,
        md_path=md,
        title=title,
        uuid=_optional(md / "uuid"),
        level=known,
        state=_text(md / "array_state"),
        wanted=_number(md / "raid_disks"),
        missing=_number(md / "degraded") if known is not Level.RAID0 else 0,
        capacity_bytes=_number(path / "size") * SECTOR,
        members=tuple(_member(one) for one in sorted(md.glob("dev-*"))),
        action=_optional(md / "sync_action") or "idle",
        done_share=_share(_optional(md / "sync_completed")),
        bytes_per_s=_speed(_optional(md / "sync_speed")),
        speed_min=_optional(md / "sync_speed_min"),
        mismatches=int(mismatches) if (mismatches := _optional(md / "mismatch_cnt")).isdigit() else 0,
    )


def _titles(machine: Machine) -> dict[str, str]:
    """The names that arrays were given, by the kernel's."""
    with suppress(OSError):
        return {one.resolve().name: one.name for one in sorted((machine.dev / "md").iterdir()) if one.is_symlink()}
    return {}


def _member(path: Path) -> MdMember:
    slot = _text(path / "slot")
    block = (path / "block").resolve()
    whole = block.parent if (block / "partition").exists() else block
    gone = not (path / "block").exists()
    # The link of one that was pulled leads nowhere, or is gone too.
    name = path.name.removeprefix("dev-") if gone else whole.name
    states = frozenset(_text(path / "state").split(","))
    return MdMember(name, states, int(slot) if slot.isdigit() else None, gone)


def _share(said: str) -> float | None:
    """Of `123 / 456`; `none` while nothing is under way, `delayed` while another array of the same disks is."""
    done, slash, whole = said.partition(" / ")
    if not slash or not done.isdigit() or not whole.isdigit() or int(whole) == 0:
        return 0.0 if said == "delayed" else None
    return min(1.0, int(done) / int(whole))


def _speed(said: str) -> int:
    return int(said) * KIB if said.isdigit() else 0


def _number(path: Path) -> int:
    said = _text(path)
    if not said.split(" ")[0].isdigit():
        raise BadAnswer(f"{path} is no number", said.encode())
    return int(said.split(" ")[0])


def _text(path: Path) -> str:
    return path.read_bytes()[:256].decode("utf-8", "replace").strip()


def _optional(path: Path) -> str:
    try:
        return _text(path)
    except OSError:
        return ""
