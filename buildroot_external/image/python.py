"""A Python for a system that lives in memory: its own library without what nobody here imports, and chosen packages."""

from collections.abc import Iterable
from pathlib import Path

from .cpio import Archive
from .first_root import add_programs
from .inside import inside
from .tool import CannotBuild

PACKAGES_AT = "usr/lib/nightjar/python"
"""Where packages lie in the archive; roots keep them in different places."""
UNUSED = frozenset(
    (
        *("test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "distutils", "pydoc_data"),
        *("venv", "unittest", "xmlrpc", "wsgiref", "curses", "dbm", "sqlite3", "multiprocessing", "asyncio", "xml"),
        *("__phello__", "lib-dynload", "dist-packages", "site-packages", "__pycache__"),
    )
)
"""Folders of Python's own library that nothing here imports, or that are looked at by themselves."""
UNUSED_MODULES = (
    "_test",
    "_xx",
    "xx",
    "_sqlite3",
    "_curses",
    "_dbm",
    "_gdbm",
    "readline",
    "nis",
    "ossaudiodev",
    "_tkinter",
)


def add_python(archive: Archive, root: Path, packages: Iterable[str]) -> None:
    """Add the root's Python, as `/usr/bin/python3`, with some of the packages that it has; raises `CannotBuild`."""
    library = _library(root)
    program = f"/usr/bin/{library.name}"
    loaded = sorted((library / "lib-dynload").glob("*.so"))
    used = [f"/{one.relative_to(root)}" for one in loaded if not one.name.startswith(UNUSED_MODULES)]
    add_programs(archive, root, [program, *used])
    archive.add("usr/bin/python3", f'#!/bin/sh\nexec {program} "$@"\n'.encode(), executable=True)
    _add_compiled(archive, library, f"usr/lib/{library.name}")
    for name in packages:
        place = _package(root, library, name)
        if place.is_dir():
            _add_compiled(archive, place, f"{PACKAGES_AT}/{name}")
            compiled = sorted(place.rglob("*.so"))
            for one in compiled:
                archive.add(f"{PACKAGES_AT}/{name}/{one.relative_to(place)}", one.read_bytes(), executable=True)
            add_programs(archive, root, [], also=compiled)
        else:
            archive.add(f"{PACKAGES_AT}/{place.name}", place.read_bytes())


def _library(root: Path) -> Path:
    for one in sorted(inside(root, "/usr/lib").glob("python3.*")):
        if (one / "encodings").is_dir():
            return one
    raise CannotBuild("The root has no Python")


def _package(root: Path, library: Path, name: str) -> Path:
    for folder in (inside(root, "/usr/lib/python3/dist-packages"), library / "site-packages"):
        for place in (folder / name, folder / f"{name}.py", folder / f"{name}.pyc"):
            if place.exists():
                return place
    raise CannotBuild(f"The root's Python has no {name}")


def _add_compiled(archive: Archive, place: Path, to: str) -> None:
    """Add modules as they are compiled: Python takes `one.pyc` for a module that has no source."""
    for path in sorted((*place.rglob("*.py"), *place.rglob("*.pyc"))):
        below = path.relative_to(place)
        if UNUSED.isdisjoint(below.parts[:-1]):
            kept = sorted((path.parent / "__pycache__").glob(f"{path.stem}.*[0-9].pyc"))
            source = kept[0] if kept and path.suffix == ".py" else path
            archive.add(f"{to}/{below.with_suffix(source.suffix)}", source.read_bytes())
