"""Paths inside a root: its links are followed as it means them itself, never out of it."""

from pathlib import Path

from .tool import CannotBuild

DEEPEST = 40
"""Links one behind the other, as in the kernel (MAXSYMLINKS)."""


def inside(root: Path, path: str) -> Path:
    """Give where a path of the root lies on this machine, free of links; it need not exist. Raises `CannotBuild`."""
    left = [one for one in path.split("/") if one not in {"", "."}][::-1]
    here: list[str] = []
    links = 0
    while left:
        name = left.pop()
        if name == "..":
            del here[-1:]
            continue
        place = root.joinpath(*here, name)
        if not place.is_symlink():
            here.append(name)
            continue
        links += 1
        if links > DEEPEST:
            raise CannotBuild(f"{path} leads in circles")
        target = place.readlink()
        if target.is_absolute():
            here.clear()
        left += [one for one in reversed(target.parts) if one != "/"]
    return root.joinpath(*here)
