"""A finished root holds what its units ask for: programs, users, the units that others want."""

import re
from collections.abc import Iterator
from pathlib import Path

from .build import REPOSITORY
from .inside import inside
from .tool import CannotBuild

UNITS = ("usr/lib/systemd/system", "etc/systemd/system")
ASKED = re.compile(r"^(Exec\w+|User|Group|SupplementaryGroups)=(.*)$", re.MULTILINE)
FORMER = "-@:+!|"
"""Before a program's path they say how it is started (systemd.service(5), "Command lines")."""


def held(root: Path) -> None:
    """Raise `CannotBuild` with all that is missing."""
    if found := sorted(set(missing(root))):
        raise CannotBuild("The root lacks what its units ask for:\n" + "\n".join(found))


def missing(root: Path) -> Iterator[str]:
    """Give what our units name and the root has not, in words."""
    users, groups = (_names(root / "etc" / one) for one in ("passwd", "group"))
    ours = REPOSITORY / "rootfs"
    for link in sorted(ours.rglob("*.wants/*")):
        if not inside(root, f"/{link.relative_to(ours)}").is_file():
            yield f"{link.parent.name}: {link.name} is not there"
    for folder in UNITS:
        for place in sorted((root / folder).rglob("nightjar*")):
            for unit in place.glob("*.conf") if place.is_dir() else [place]:
                if unit.suffix in {".conf", ".service", ".mount"} and not unit.is_symlink():
                    yield from (f"{place.name}: {one}" for one in _asked(root, unit.read_text(), users, groups))


def _asked(root: Path, text: str, users: set[str], groups: set[str]) -> Iterator[str]:
    for what, value in ASKED.findall(text):
        words = value.split()
        if what.startswith("Exec"):
            program = words[0].lstrip(FORMER) if words else ""
            place = inside(root, program)
            if program and not (place.is_file() and place.stat().st_mode & 0o111):
                yield f"there is no program {program}"
        else:
            known = users if what == "User" else groups
            yield from (
                f"there is no {what.lower()} {one}" for one in words if not one.isdecimal() and one not in known
            )


def _names(path: Path) -> set[str]:
    return {line.partition(":")[0] for line in path.read_text().splitlines()}
