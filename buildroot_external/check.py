"""What the external tree must keep without a Buildroot at hand: its rules, and the pins of our lock file."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .compose import TREE, composed, users_table

REPOSITORY = TREE.parent
NAME = "NIGHTJAR"
HERE = f"$(BR2_EXTERNAL_{NAME}_PATH)"
MERGED = ("lib", "bin", "sbin")
"""In the overlay these would take the place of the links that a root with a merged /usr has."""
NEEDED = ("LICENSE", "LICENSE_FILES", "VERSION", "SITE")
IN_TREE = {
    "pyserial": "python-serial",
    "python-pam": "python-pam-service",
    "av": "python-pyav",
    "numpy": "opencv4",  # its Python part brings it
    "opencv-python-headless": "opencv4",
}
"""Distributions whose package has another name than theirs with `python-` before it."""
LEFT_OUT = {"isal": "zlib computes the same CRC-32; its build does not know how to be cross-compiled"}
PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", re.MULTILINE)


def problems(tree: Path = TREE, repository: Path = REPOSITORY) -> Iterator[str]:
    """Give what is wrong, in words with the file."""
    if f"name: {NAME}\n" not in (tree / "external.desc").read_text():
        yield f"external.desc: the name is not {NAME}"
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    menu = (tree / "Config.in").read_text()
    for place in sorted(one for one in (tree / "package").iterdir() if one.is_dir()):
        if f'source "$BR2_EXTERNAL_{NAME}_PATH/package/{place.name}/Config.in"\n' not in menu:
            yield f"Config.in: it does not source {place.name}"
        yield from (f"package/{place.name}: {words}" for words in _package(place, lock))
    for path, text in composed(tree).items():
        if not path.exists() or path.read_text() != text:
            yield f"configs/{path.name}: it is not what its fragments make; run python -m buildroot_external compose"
        yield from (f"configs/{path.name}: {words}" for words in _config(text, tree, repository))
    table, text = users_table(tree)
    if not table.exists() or table.read_text() != text:
        yield "users.table: it is not what rootfs says; run python -m buildroot_external compose"
    yield from _overlay(repository / "rootfs")
    yield from _runtime(tree, repository)
    if (
        f"NIGHTJAR_VERSION = {project(repository)['version']}\n"
        not in (tree / "package/nightjar/nightjar.mk").read_text()
    ):
        yield "package/nightjar: its version is not that of pyproject.toml"


def _package(place: Path, lock: str) -> Iterator[str]:
    symbol = place.name.upper().replace("-", "_")
    recipe = place / f"{place.name}.mk"
    if not recipe.exists() or not (place / "Config.in").exists():
        yield f"it needs {recipe.name} and Config.in"
        return
    text, config = recipe.read_text(), (place / "Config.in").read_text()
    if not re.search(rf"^config BR2_PACKAGE_{symbol}$", config, re.MULTILINE):
        yield f"Config.in does not define BR2_PACKAGE_{symbol}"
    if not re.search(r"^\$\(eval \$\([a-z-]+-package\)\)$", text, re.MULTILINE):
        yield "its recipe is never evaluated"
    set_here = {one[0]: one[1] for one in re.findall(r"^([A-Z0-9_]+) *[:?+]?= *(.*)$", text, re.MULTILINE)}
    yield from (f"{one} does not begin with {symbol}_" for one in set_here if not one.startswith(f"{symbol}_"))
    yield from (f"{symbol}_{one} is not set" for one in NEEDED if f"{symbol}_{one}" not in set_here)
    if "python-package" in text and f"{symbol}_SETUP_TYPE" not in set_here:
        yield f"{symbol}_SETUP_TYPE is not set"
    if set_here.get(f"{symbol}_SITE_METHOD") != "local":
        yield from _hashes(place, symbol, set_here, lock)


def _hashes(place: Path, symbol: str, set_here: dict[str, str], lock: str) -> Iterator[str]:
    path = place / f"{place.name}.hash"
    lines = path.read_text().splitlines() if path.exists() else []
    known = {words[2]: words[1] for line in lines if len(words := line.split()) == 3 and words[0] == "sha256"}
    version = set_here.get(f"{symbol}_VERSION", "")
    source = set_here.get(f"{symbol}_SOURCE", "").replace(f"$({symbol}_VERSION)", version)
    if source not in known:
        yield f"there is no hash of {source or 'its source'}"
    elif "$(NIGHTJAR_SOURCES)" in set_here.get(f"{symbol}_SITE", ""):
        if f"--hash=sha256:{known[source]}" not in lock:
            yield f"the hash of {source} is not one of requirements.lock"
        if not any(source.startswith(f"{name}-{pinned}.") for name, pinned in _pinned(lock)):
            yield f"{source} is not the version of requirements.lock"
    for one in set_here.get(f"{symbol}_LICENSE_FILES", "").split():
        if one not in known:
            yield f"there is no hash of its licence {one}"


def _pinned(lock: str) -> Iterator[tuple[str, str]]:
    for name, version in PINNED.findall(lock):
        yield name, version
        yield name.replace("-", "_"), version


def _config(text: str, tree: Path, repository: Path) -> Iterator[str]:
    if "BR2_DOWNLOAD_FORCE_CHECK_HASHES=y\n" not in text:
        yield "what is fetched is not held to its hash"
    for name in re.findall(rf"{re.escape(HERE)}(/[^\s\"]+)", text):
        place = (tree / name.lstrip("/")).resolve()
        if not place.exists():
            yield f"{HERE}{name} does not exist"
        if not place.is_relative_to(repository.resolve()):
            yield f"{HERE}{name} leads out of the repository"


def _overlay(root: Path) -> Iterator[str]:
    for name in MERGED:
        if (root / name).is_symlink() or (root / name).exists():
            yield f"rootfs/{name}: it would take the place of a link; use usr/{name}"
    for path in sorted(one for one in root.rglob("*") if one.is_file() and not one.is_symlink()):
        with path.open("rb") as file:
            first = file.readline(128)
        if not first.startswith(b"#!"):
            continue
        where = path.relative_to(root.parent)
        if not path.stat().st_mode & 0o111:
            yield f"{where}: a program that nobody may start"
        if first.strip().endswith(b"sh") and _shell_fails(path):
            yield f"{where}: no shell understands it"


def _shell_fails(path: Path) -> bool:
    return subprocess.run(["/bin/sh", "-n", path], check=False, capture_output=True).returncode != 0


def _runtime(tree: Path, repository: Path) -> Iterator[str]:
    """Look whether each distribution that the recorder needs is in the image."""
    wanted = (tree / "package" / "nightjar" / "Config.in").read_text()
    texts = [*composed(tree).values()]
    for name in (re.split(r"[<>=;\s]", one)[0] for one in dependencies(repository)):
        package = package_of(name)
        symbol = f"BR2_PACKAGE_{package.upper().replace('-', '_')}"
        if (
            name not in LEFT_OUT
            and f"select {symbol}\n" not in wanted
            and not all(f"{symbol}=y\n" in one for one in texts)
        ):
            yield f"package/nightjar/Config.in: {name} is not in the image"


def dependencies(repository: Path = REPOSITORY) -> list[str]:
    """Give what the recorder needs when it runs, as pyproject.toml says it."""
    return project(repository)["dependencies"]


def project(repository: Path = REPOSITORY) -> dict[str, Any]:
    """Give what pyproject.toml says of the recorder."""
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def package_of(name: str) -> str:
    """Give the package of Buildroot that holds a distribution."""
    return IN_TREE.get(name) or (name if name.startswith("python-") else f"python-{name}")
