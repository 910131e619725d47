"""What programs need to start, read out of their files (ELF, System V ABI chapter 5): for a root of any processor."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .inside import inside
from .tool import CannotBuild

MAGIC = b"\x7fELF"
PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
DT_NULL, DT_NEEDED, DT_STRTAB, DT_RPATH, DT_RUNPATH = 0, 1, 5, 15, 29
USUAL = ("/lib", "/usr/lib", "/lib64", "/usr/lib64")
"""Where a loader looks by itself (ld.so(8))."""


@dataclass(frozen=True)
class Object:
    """A program or a library: its processor, who loads it, what it needs, and where it wants that looked for first."""

    machine: tuple[int, int, int]
    interpreter: str | None
    needed: tuple[str, ...]
    search: tuple[str, ...]


@dataclass(frozen=True)
class _Segment:
    type: int
    offset: int
    address: int
    size: int


def read(path: Path) -> Object:
    """Read a file; raises `CannotBuild` where it is no ELF object, or one that is cut short."""
    data = path.read_bytes()
    if data[:4] != MAGIC or len(data) < 6 or data[4] not in {1, 2} or data[5] not in {1, 2}:
        raise CannotBuild(f"{path} is no program and no library")
    try:
        return _read(data)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise CannotBuild(f"{path} is cut short or damaged: {error}") from error


def _read(data: bytes) -> Object:
    wide, order = data[4] == 2, "<" if data[5] == 1 else ">"
    _type, machine = struct.unpack_from(order + "HH", data, 16)
    segments = list(_segments(data, order, wide=wide))
    interpreter = next((_text(data, one.offset) for one in segments if one.type == PT_INTERP), None)
    entries = [entry for one in segments if one.type == PT_DYNAMIC for entry in _entries(data, order, one, wide=wide)]
    names = next((_place(segments, value) for tag, value in entries if tag == DT_STRTAB), 0)

    def named(wanted: int) -> list[str]:
        return [_text(data, names + value) for tag, value in entries if tag == wanted]

    search = named(DT_RUNPATH) or named(DT_RPATH)
    return Object((data[4], data[5], machine), interpreter, tuple(named(DT_NEEDED)), tuple(":".join(search).split(":")))


def _segments(data: bytes, order: str, *, wide: bool) -> Iterator[_Segment]:
    (at,) = struct.unpack_from(order + ("Q" if wide else "I"), data, 32 if wide else 28)
    size, count = struct.unpack_from(order + "HH", data, 54 if wide else 42)
    for number in range(count):
        if wide:
            kind, _flags, offset, address, _load, taken = struct.unpack_from(order + "IIQQQQ", data, at + number * size)
        else:
            kind, offset, address, _load, taken = struct.unpack_from(order + "IIIII", data, at + number * size)
        yield _Segment(kind, offset, address, taken)


def _entries(data: bytes, order: str, segment: _Segment, *, wide: bool) -> Iterator[tuple[int, int]]:
    kind = order + ("qQ" if wide else "iI")
    step = struct.calcsize(kind)
    for at in range(segment.offset, segment.offset + segment.size, step):
        tag, value = struct.unpack_from(kind, data, at)
        if tag == DT_NULL:
            return
        yield tag, value


def _place(segments: Iterable[_Segment], address: int) -> int:
    """Give where in the file lies what is loaded to an address."""
    for one in segments:
        if one.type == PT_LOAD and one.address <= address < one.address + one.size:
            return one.offset + address - one.address
    raise ValueError("its names lie nowhere")


def _text(data: bytes, at: int) -> str:
    return data[at : data.index(b"\0", at)].decode()


def libraries(root: Path, programs: Iterable[Path]) -> list[str]:
    """Give the root's paths of all that programs of it need to start, loader included, as the loader would find it.

    Raises `CannotBuild` where something is not there.
    """
    usual = [*_configured(root, "/etc/ld.so.conf"), *USUAL]
    found: dict[str, None] = {}
    waiting = [(str(one), read(one)) for one in programs]
    while waiting:
        name, about = waiting.pop()
        if about.interpreter is not None:
            found[about.interpreter] = None
        origin = f"/{Path(name).parent.relative_to(root)}" if Path(name).is_relative_to(root) else "/"
        own = [one.replace("$ORIGIN", origin).replace("${ORIGIN}", origin) for one in about.search if one]
        for needed in about.needed:
            path, place = _find(root, needed, [*own, *usual], about.machine, name)
            if path not in found:
                found[path] = None
                waiting.append((str(place), read(place)))
    return sorted(found)


def _find(root: Path, needed: str, folders: Iterable[str], machine: tuple[int, int, int], by: str) -> tuple[str, Path]:
    for folder in folders:
        path = f"{folder.rstrip('/')}/{needed}"
        place = inside(root, path)
        # A library for another processor is passed over, as the loader does.
        if place.is_file() and read(place).machine == machine:
            return path, place
    raise CannotBuild(f"{by} needs {needed}, which is not in the root")


def _configured(root: Path, path: str) -> Iterator[str]:
    """Give the folders that ld.so.conf(5) of the root names."""
    place = inside(root, path)
    if not place.is_file():
        return
    for line in place.read_text().splitlines():
        words = line.partition("#")[0].split()
        if words[:1] == ["include"]:
            for one in sorted(place for pattern in words[1:] for place in root.glob(pattern.lstrip("/"))):
                yield from _configured(root, str(one.relative_to(root)))
        elif words:
            yield words[0]
