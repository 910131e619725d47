"""A disk with a cache that forgets: every write and sync is logged, and can be replayed up to a power cut."""

import errno
import os
import random
import threading
import time
import weakref
from dataclasses import dataclass, field
from pathlib import Path

from recorder.store.disk_lane import Lane
from recorder.store.files import SystemFile, SystemFiles
from recorder.store.identity import Identity
from recorder.store.layout import PAGE

SECTOR = 512


@dataclass(frozen=True)
class Write:
    name: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Sync:
    name: str


@dataclass
class LoggingFiles:
    """Files of the system that also log; `syncs=False` hides the syncs, as a writer that forgot them would."""

    syncs: bool = True
    log: list[Write | Sync] = field(default_factory=list)

    def open_to_write(self, name, directory):
        return LoggedFile(self, name, SystemFiles().open_to_write(name, directory))

    def open_to_read(self, name, directory):
        return SystemFiles().open_to_read(name, directory)


@dataclass
class LoggedFile:
    owner: LoggingFiles
    name: str
    below: object
    direct: bool = True

    def read(self, size, offset):
        return self.below.read(size, offset)

    def write(self, data, offset):
        assert offset % PAGE == 0
        assert len(data) % PAGE == 0
        self.owner.log.append(Write(self.name, offset, bytes(data)))
        self.below.write(data, offset)

    def sync(self):
        if self.owner.syncs:
            self.owner.log.append(Sync(self.name))

    def close(self):
        self.below.close()


class Platter:
    """What is on the disk after a power cut: replays a log over the bytes at its beginning."""

    def __init__(self, disk: Path, log: list[Write | Sync], before: dict[str, bytes], written: set[tuple[str, int]]):
        self.disk, self.log, self.before = disk, log, before
        self.written = written

    def cut(self, at: int, luck: random.Random | None, piece: int = SECTOR) -> None:
        """Write the disk as it is when power fails behind `at` operations.

        A sync makes its own file durable, and of other files what overwrites extents that were written before:
        unwritten ones are still in the journal of the file system. The rest is lost without `luck`; with it each
        `piece` of it survives or not: a sector, or a whole page or write where the drive keeps those together.
        """
        # Each cut is a history of its own: what the recorder remembers of the disk is of another.
        (self.disk.parent.parent / "state" / "disks.json").unlink(missing_ok=True)
        files = {name: bytearray(data) for name, data in self.before.items()}
        written = set(self.written)
        waiting: list[Write] = []
        for one in self.log[:at]:
            if isinstance(one, Write):
                waiting.append(one)
                continue
            still = []
            for write in waiting:
                pages = {
                    (write.name, page) for page in range(write.offset // PAGE, (write.offset + len(write.data)) // PAGE)
                }
                if write.name == one.name or pages <= written:
                    files[write.name][write.offset : write.offset + len(write.data)] = write.data
                    written |= pages
                else:
                    still.append(write)
            waiting = still
        if luck is not None:
            for write in waiting:
                for sector in range(0, len(write.data), piece):
                    if luck.random() < 0.5:
                        at_byte = write.offset + sector
                        part = write.data[sector : sector + piece]
                        files[write.name][at_byte : at_byte + len(part)] = part
        for name, data in files.items():
            (self.disk / name).write_bytes(data)


def bytes_of(disk: Path) -> dict[str, bytes]:
    names = ["catalog", *(f"blocks/{one.name}" for one in sorted((disk / "blocks").iterdir()))]
    return {name: (disk / name).read_bytes() for name in names}


def catalog_pages(disk: Path) -> set[tuple[str, int]]:
    """What is written at initialisation and not only reserved."""
    return {("catalog", page) for page in range((disk / "catalog").stat().st_size // PAGE)}


@dataclass
class RefusingFiles:
    """Files that fail on demand: `error` for writes, `sync_error` for syncs; or that are not direct."""

    error: int = 0
    sync_error: int = 0
    direct: bool = True
    syncs: list[str] = field(default_factory=list)

    def open_to_write(self, name, directory):
        if self.error == errno.EROFS:
            raise OSError(self.error, "read-only file system")
        return RefusingFile(self, name, SystemFiles().open_to_write(name, directory))

    def open_to_read(self, name, directory):
        return SystemFiles().open_to_read(name, directory)


@dataclass
class RefusingFile:
    owner: RefusingFiles
    name: str
    below: object

    @property
    def direct(self):
        return self.owner.direct

    def read(self, size, offset):
        return self.below.read(size, offset)

    def write(self, data, offset):
        if self.owner.error:
            raise OSError(self.owner.error, "refused")
        self.below.write(data, offset)

    def sync(self):
        if self.owner.sync_error:
            raise OSError(self.owner.sync_error, "not confirmed")
        self.owner.syncs.append(self.name)

    def close(self):
        self.below.close()


@dataclass
class FailingFiles:
    """Files whose opens for writing, writes and syncs are counted, and fail from one on until told otherwise."""

    error: int = errno.EROFS
    kinds: tuple[str, ...] = ("open", "write", "sync")
    fail_from: int | None = None
    asked: list[str] = field(default_factory=list)

    def ask(self, kind: str, name: str) -> None:
        self.asked.append(f"{kind} {name}")
        if self.fail_from is not None and len(self.asked) > self.fail_from and kind in self.kinds:
            raise OSError(self.error, os.strerror(self.error))

    def open_to_write(self, name, directory):
        self.ask("open", name)
        return FailingFile(self, name, SystemFiles().open_to_write(name, directory))

    def open_to_read(self, name, directory):
        return SystemFiles().open_to_read(name, directory)


@dataclass
class FailingFile:
    owner: FailingFiles
    name: str
    below: object
    direct: bool = True

    def read(self, size, offset):
        return self.below.read(size, offset)

    def write(self, data, offset):
        self.owner.ask("write", self.name)
        self.below.write(data, offset)

    def sync(self):
        self.owner.ask("sync", self.name)
        self.below.sync()

    def close(self):
        self.below.close()


class BadSectors:
    """Pages that the drive does not give, whoever reads; writing one brings it back, as a drive maps another there.

    Without `heals` it has no other to map there.
    """

    def __init__(self, monkeypatch, *, heals=True):
        self.pages: set[tuple[str, int]] = set()
        read, read_into, write = SystemFile.read, SystemFile.read_into, SystemFile.write

        def checked(file, size, offset):
            touched = {(self._name(file), page) for page in range(offset // PAGE, (offset + size + PAGE - 1) // PAGE)}
            if touched & self.pages:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

        def bad_read(file, size, offset):
            checked(file, size, offset)
            return read(file, size, offset)

        def bad_read_into(file, buffer, offset):
            checked(file, len(buffer), offset)
            return read_into(file, buffer, offset)

        def healing_write(file, data, offset):
            write(file, data, offset)
            end = offset + len(data) if heals else offset
            self.pages -= {(self._name(file), page) for page in range(offset // PAGE, end // PAGE)}

        # The page cache has nothing of it, or a bad page would be found there.
        monkeypatch.setattr(SystemFile, "read_cached", lambda _file, _size, _offset: None)
        monkeypatch.setattr(SystemFile, "read", bad_read)
        monkeypatch.setattr(SystemFile, "read_into", bad_read_into)
        monkeypatch.setattr(SystemFile, "write", healing_write)

    @staticmethod
    def _name(file) -> str:
        return str(Path(f"/proc/self/fd/{file._descriptor}").readlink())

    def spoil(self, path: Path, offset: int) -> None:
        self.pages.add((str(path.resolve()), offset // PAGE))


class HangingReads:
    """Disks that answer no read and open no block while they are in `names`, whoever asks; `asked` counts who waits."""

    def __init__(self, monkeypatch):
        self.names: set[str] = set()
        self.asked = 0
        self._answers = threading.Condition()
        self._lanes = weakref.WeakSet()
        made, lanes = Lane.__init__, self._lanes

        def noted(lane, patience_s):
            made(lane, patience_s)
            lanes.add(lane)

        monkeypatch.setattr(Lane, "__init__", noted)
        read, open_to_read, identity = SystemFile.read, SystemFiles.open_to_read, Identity.read

        def slow_read(file, size, offset):
            self._wait(f"/proc/self/fd/{file._descriptor}")
            return read(file, size, offset)

        def slow_open(files, name, directory):
            self._wait(f"/proc/self/fd/{directory}")
            return open_to_read(files, name, directory)

        def slow_identity(directory, path):
            self._wait(f"/proc/self/fd/{directory}", "also disk.json")
            return identity(directory, path)

        monkeypatch.setattr(SystemFile, "read_cached", lambda _file, _size, _offset: None)
        monkeypatch.setattr(SystemFile, "read", slow_read)
        monkeypatch.setattr(SystemFiles, "open_to_read", slow_open)
        monkeypatch.setattr(Identity, "read", slow_identity)

    def _wait(self, link, kind=""):
        parts = Path(link).readlink().parts
        with self._answers:
            if not {f"{one} {kind}".strip() for one in parts} & self.names:
                return
            self.asked += 1
            self._answers.notify_all()
            assert self._answers.wait_for(lambda: not {f"{one} {kind}".strip() for one in parts} & self.names, 120)

    def await_somebody(self):
        with self._answers:
            assert self._answers.wait_for(lambda: self.asked, 60)

    def hang(self, name, *, identity=False):
        """With `identity` a disk does not even say who it is."""
        with self._answers:
            self.names |= {name, f"{name} also disk.json"} if identity else {name}

    def answer(self):
        """Let them answer; gives back when all that waited did, so that the next read finds no lane that is silent."""
        with self._answers:
            self.names.clear()
            self._answers.notify_all()
        end = time.monotonic() + 60
        while any(lane._begun_s for lane in self._lanes) and time.monotonic() < end:
            time.sleep(0.005)


class RefusingSectors:
    """Pages that the drive reads and takes no writes for: it has no others left to put in their place."""

    def __init__(self, monkeypatch):
        self.pages: set[tuple[str, int]] = set()
        self.refused = 0
        write = SystemFile.write

        def checked(file, data, offset):
            name = str(Path(f"/proc/self/fd/{file._descriptor}").readlink())
            pages = range(offset // PAGE, (offset + len(data)) // PAGE)
            if bad := [page for page in pages if (name, page) in self.pages]:
                # What comes before it may have been written, as a drive does.
                before = (bad[0] - pages[0]) * PAGE
                if before:
                    write(file, data[:before], offset)
                self.refused += 1
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            write(file, data, offset)

        monkeypatch.setattr(SystemFile, "write", checked)

    def spoil(self, path: Path, offset: int) -> None:
        self.pages.add((str(path.resolve()), offset // PAGE))


@dataclass
class CountingFiles:
    """Files whose reads are counted: each would be a seek."""

    sizes: list[tuple[str, int]] = field(default_factory=list)

    @property
    def reads(self):
        return [name for name, _size in self.sizes]

    def open_to_write(self, name, directory):
        return SystemFiles().open_to_write(name, directory)

    def open_to_read(self, name, directory):
        return CountingFile(self, name, SystemFiles().open_to_read(name, directory))


@dataclass
class CountingFile:
    owner: CountingFiles
    name: str
    below: object

    def read(self, size, offset):
        self.owner.sizes.append((self.name, size))
        return self.below.read(size, offset)

    def close(self):
        self.below.close()
