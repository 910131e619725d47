"""What Buildroot itself says of the tree: options that it drops, packages that it cannot find, its own style."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

from .builder import PATIENCE_S, Builder
from .check import LEFT_OUT, dependencies, package_of
from .compose import TREE, Recipe, composed
from .image.tool import CannotBuild

OTHER_VERSION = {"opencv-python-headless": "what we use is in OpenCV 4 and 5 under the same names"}


def problems(release: Path, out: Path) -> Iterator[str]:
    """Configure each defconfig in `out`, and give what is wrong, in words."""
    version = re.search(r"^export BR2_VERSION := (\S+)", (release / "Makefile").read_text(), re.MULTILINE)
    if version is None:
        yield f"{release} is no Buildroot"
        return
    if version[1] != Recipe.read().release:
        yield f"{release} is {version[1]}; configs.toml names {Recipe.read().release}"
    for path, text in composed().items():
        name = path.stem.removesuffix("_defconfig")
        place = out / path.stem
        place.mkdir(parents=True, exist_ok=True)
        yield from (f"configs/{path.name}: {words}" for words in _configured(Builder(release, name, place), text))
    yield from _style(release)


def _configured(builder: Builder, text: str) -> Iterator[str]:
    done = builder.make(f"{builder.name}_defconfig")
    # Options that contradict one another are told, and taken all the same.
    told = [line for line in (done.stdout + done.stderr).splitlines() if re.search(r"error|warning|recursive", line)]
    yield from told
    if done.returncode:
        yield f"Buildroot does not take it: {done.stderr.strip()[-2000:]}"
        return
    yield from (f"Buildroot drops {line}" for line in builder.dropped(text))
    try:
        packages = builder.packages()
    except CannotBuild as error:
        yield str(error)
        return
    for one in sorted(place.name for place in (TREE / "package").iterdir() if place.is_dir()):
        if one not in packages:
            yield f"the package {one} is not in the image"
        elif packages[one].get("licenses", "unknown") == "unknown":
            yield f"the licence of {one} is unknown"
    for requirement in map(Requirement, dependencies()):
        found = packages.get(package_of(requirement.name), {}).get("version")
        if requirement.name not in {*LEFT_OUT, *OTHER_VERSION} and found not in requirement.specifier:
            yield f"{requirement} is wanted, and the image has {found or 'none'}"


def _style(release: Path) -> Iterator[str]:
    files = [one for one in TREE.rglob("*") if one.name == "Config.in" or one.suffix in {".mk", ".hash"}]
    done = subprocess.run(
        [sys.executable, "utils/check-package", "--br2-external", *files],
        cwd=release,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    if "ModuleNotFoundError" in done.stderr:
        yield "check-package needs flake8 and python-magic: .venv/bin/pip install flake8 python-magic"
    elif done.returncode:
        yield f"check-package: {(done.stdout + done.stderr).strip()[-4000:]}"
