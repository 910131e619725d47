"""The sources of an image, in one folder: what Buildroot downloads, and what requirements.lock pins."""

import hashlib
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from . import download
from .compose import TREE
from .image.tool import CannotBuild, run

PLACED = "$(NIGHTJAR_SOURCES)"
"""In a package's site: its source is looked for in the folder, and comes as a Python distribution."""


@dataclass(frozen=True)
class Distribution:
    """A source distribution of Python: its file, and the SHA-256 that its package and requirements.lock name."""

    name: str
    version: str
    file: str
    sha256: str

    def lies_in(self, folder: Path) -> bool:
        """Whether the folder has it, whole."""
        place = folder / self.file
        return place.is_file() and hashlib.sha256(place.read_bytes()).hexdigest() == self.sha256


def distributions() -> Iterator[Distribution]:
    """Give those that our packages are made of."""
    for recipe in sorted((TREE / "package").glob("*/*.mk")):
        text = recipe.read_text()
        if PLACED not in text:
            continue
        told: dict[str, str] = dict(re.findall(r"^[A-Z0-9_]+_(VERSION|SOURCE) = (.*)$", text, re.MULTILINE))
        version = told["VERSION"]
        file = re.sub(r"\$\([A-Z0-9_]+_VERSION\)", version, told["SOURCE"])
        found = re.search(rf"^sha256  (\S+)  {re.escape(file)}$", recipe.with_suffix(".hash").read_text(), re.MULTILINE)
        if found is None:
            raise CannotBuild(f"{recipe.parent.name} names no hash of {file}")
        yield Distribution(file.removesuffix(f"-{version}.tar.gz"), version, file, found[1])


def fetch(folder: Path) -> list[str]:
    """Fetch into the folder what of these is not there; gives what it fetched. Raises `CannotBuild`."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [one for one in distributions() if not one.lies_in(folder)]
    if not missing:
        return []
    addresses = _addresses(missing)
    for one in missing:
        if one.file not in addresses:
            raise CannotBuild(f"Nobody has {one.file}")
        download.fetch(addresses[one.file], one.sha256, folder / one.file)
    return [one.file for one in missing]


def _addresses(wanted: list[Distribution]) -> dict[str, str]:
    """Give where each file lies. pip would fetch them too, and run each one's build only to learn its name."""
    pins = "".join(f"{one.name}=={one.version}\n" for one in wanted)
    said = run(
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-deps", "--no-header"),
        *("--format", "pylock.toml", "-"),
        said=pins,
    )
    packages: list[dict[str, Any]] = tomllib.loads(said).get("packages", [])
    found = [str(one["sdist"]["url"]) for one in packages if "sdist" in one]
    return {unquote(urlsplit(one).path.rpartition("/")[2]): one for one in found}
