"""Make a directory a recording disk: identity, catalog and block files, reserved once and never resized (S5, S8)."""

import ctypes
import errno
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from recorder.client.clock import Clock, SystemClock
from recorder.client.instance import file_mode, folder_mode
from recorder.client.words import _
from recorder.store.errors import AlreadyADisk, BadDiskSize, NoSpace, StoreError
from recorder.store.frame import pack_frames
from recorder.store.identity import Identity
from recorder.store.layout import (
    BLOCK_FOLDER,
    CATALOG_FILE,
    IDENTITY_FILE,
    LARGEST_BLOCK,
    PAGE,
    SMALLEST_BLOCK,
    block_name,
    pages,
)

FEWEST_BLOCKS = 4
# A catalog half holds every row of the disk: per block its own row, a piece or more, and its share of marks and gaps.
_HALF_PER_BLOCK = 32 << 10
_SMALLEST_HALF = 256 << 10
_LARGEST_HALF = 512 << 20
_RESERVE_SHARE = 1024
_LARGEST_RESERVE = 4 << 20
_FOREIGN = {"lost+found"}
Told = Callable[[int, int], object]
_NOT_SUPPORTED = {errno.EOPNOTSUPP, errno.ENOSYS}


class CannotInitialise(StoreError):
    """The operating system refused."""

    status = 507
    words = _("{path} could not be made a recording disk: {problem}.")


def plan(size_bytes: int, block_bytes: int, name: str, now_us: int) -> Identity:
    """Divide a disk; raises `BadDiskSize`."""
    if block_bytes % PAGE or not SMALLEST_BLOCK <= block_bytes <= LARGEST_BLOCK:
        raise BadDiskSize(problem=_("A block must be a multiple of 4096 bytes, from 64 KiB to under 4 GiB."))
    reserve = pages(min(_LARGEST_RESERVE, size_bytes // _RESERVE_SHARE))
    half = pages(min(max(size_bytes // block_bytes * _HALF_PER_BLOCK, _SMALLEST_HALF), _LARGEST_HALF))
    blocks = (size_bytes - 2 * PAGE - 2 * half - reserve) // block_bytes
    if not FEWEST_BLOCKS <= blocks < 1 << 24:
        problem = _("A disk must hold at least {fewest} blocks of {block_mb} MB beside its catalog.")
        raise BadDiskSize(problem=problem.format(fewest=FEWEST_BLOCKS, block_mb=block_bytes / (1 << 20)))
    return Identity(secrets.token_hex(16), name, now_us, block_bytes, blocks, half, reserve)


def _unheard(done: int, total: int) -> None:
    del done, total


def initialise_disk(
    path: Path,
    *,
    size_bytes: int = 10 << 30,
    block_bytes: int = 64 << 20,
    name: str,
    clock: Clock | None = None,
    told: Told = _unheard,
) -> str:
    """Make `path` (absent or empty) a recording disk and give its id (32 hex digits).

    All files together stay within `size_bytes`. The identity is written last: a directory without it is no disk. `told`
    hears how many of the blocks are there; what it raises gives the disk up, and leaves nothing behind. Raises
    `AlreadyADisk`, `BadDiskSize`, `NoSpace`, `CannotInitialise`.
    """
    identity = plan(size_bytes, block_bytes, name, (clock or SystemClock()).now_us())
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(one.name not in _FOREIGN for one in path.iterdir()):
            raise AlreadyADisk(path=path)
        free = shutil.disk_usage(path).free
        if free < size_bytes:
            raise NoSpace(path=path, free_mb=free >> 20, need_mb=size_bytes >> 20)
        directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _make_files(identity, directory, told)
        except BaseException:
            _undo(path)
            raise
        finally:
            os.close(directory)
    except OSError as error:
        raise CannotInitialise(path=path, problem=error.strerror or str(error)) from error
    return identity.id


def _make_files(identity: Identity, directory: int, told: Told) -> None:
    mode = file_mode(directory, writing=True)
    first = b"".join(pack_frames([], disk=identity.id_bytes, sequence=1, number=0, checkpoint=True))
    # The first page repeats the identity, so that a lost text file can be written again.
    page = identity.pack().ljust(PAGE, b"\0")
    descriptor = os.open(CATALOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode, dir_fd=directory)
    with os.fdopen(descriptor, "wb") as file:
        file.write(page + first)
        # The catalog is written through, not only reserved: a row must never wait for the file system's journal.
        zeros = bytes(1 << 20)
        while file.tell() < identity.catalog_bytes:
            file.write(zeros[: identity.catalog_bytes - file.tell()])
        file.flush()
        os.fsync(file.fileno())
    os.mkdir(BLOCK_FOLDER, folder_mode(directory), dir_fd=directory)
    reserved = True
    for number in range(identity.blocks):
        name = block_name(number)
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode, dir_fd=directory)
        with os.fdopen(descriptor, "wb") as file:
            reserved &= _reserve(file.fileno(), identity.block_bytes)
        told(number + 1, identity.blocks)
    folder = os.open(BLOCK_FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=directory)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    identity = replace(identity, reserved=reserved)
    fresh = f".{IDENTITY_FILE}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode, dir_fd=directory)
    with os.fdopen(descriptor, "wb") as file:
        file.write(identity.pack())
        file.flush()
        os.fsync(file.fileno())
    os.rename(fresh, IDENTITY_FILE, src_dir_fd=directory, dst_dir_fd=directory)
    os.fsync(directory)


def _reserve(descriptor: int, size: int) -> bool:
    """Set space aside; True where the file system did it without writing (fallocate(2)), else zeros were written.

    Python's posix_fallocate hides which of the two happened, and the second takes as long as filling the disk.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not libc.fallocate(descriptor, 0, ctypes.c_int64(0), ctypes.c_int64(size)):
        return True
    number = ctypes.get_errno()
    if number not in _NOT_SUPPORTED:
        raise OSError(number, os.strerror(number))
    zeros = bytes(1 << 20)
    at = 0
    while at < size:
        at += os.pwrite(descriptor, zeros[: size - at], at)
    os.fsync(descriptor)
    return False


def _undo(path: Path) -> None:
    """Give the space of a half-made disk back; only what this module made, and only where no identity was written."""
    if not (path / IDENTITY_FILE).exists():
        shutil.rmtree(path / BLOCK_FOLDER, ignore_errors=True)
        (path / CATALOG_FILE).unlink(missing_ok=True)
