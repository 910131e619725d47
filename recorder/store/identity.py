"""Who a disk is: the small text file that must be read before anything is written beside it (S10)."""

import os
import re
from dataclasses import dataclass
from typing import Self

import msgspec

from recorder.client.errors import UNREADABLE
from recorder.store.errors import NotADisk
from recorder.store.layout import IDENTITY_FILE, LARGEST_BLOCK, PAGE, SMALLEST_BLOCK

FORMAT = "nightjar disk 1"
_LARGEST_FILE = 64 << 10
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Identity:
    """What was decided when the disk was initialised; never changed afterwards. Sizes in bytes."""

    id: str
    name: str
    created_us: int
    block_bytes: int
    blocks: int
    half_bytes: int
    """Of each of the two halves of the catalog."""
    reserve_bytes: int
    """Behind the halves, for configuration backups."""
    reserved: bool = True
    """Whether the file system set the space aside without writing it."""
    format: str = FORMAT

    @property
    def id_bytes(self) -> bytes:
        """The id as it stands in blocks and catalog."""
        return bytes.fromhex(self.id)

    @property
    def catalog_bytes(self) -> int:
        """Size of the catalog file: its first page, two halves, the reserve."""
        return PAGE + 2 * self.half_bytes + self.reserve_bytes

    @classmethod
    def read(cls, directory: int, path: object) -> Self:
        """Read the identity below an open directory; raises `NotADisk`."""
        try:
            descriptor = os.open(IDENTITY_FILE, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=directory)
        except OSError as error:
            raise NotADisk(path=path, problem=error.strerror or str(error)) from error
        try:
            data = os.read(descriptor, _LARGEST_FILE)
        except OSError as error:
            raise NotADisk(path=path, problem=error.strerror or str(error)) from error
        finally:
            os.close(descriptor)
        return cls.parse(data, path)

    @classmethod
    def parse(cls, data: bytes, path: object = IDENTITY_FILE) -> Self:
        """Read the text; raises `NotADisk` for one that no disk of ours has."""
        try:
            found = msgspec.json.decode(data, type=cls)
        except UNREADABLE as error:
            raise NotADisk(path=path, problem=str(error)) from error
        sane = (
            found.format == FORMAT
            and _ID.fullmatch(found.id)
            and SMALLEST_BLOCK <= found.block_bytes <= LARGEST_BLOCK
            and 0 < found.blocks < 1 << 24
            and 16 * PAGE <= found.half_bytes <= 1 << 31
            and 0 <= found.reserve_bytes <= 1 << 31
            and not (found.block_bytes | found.half_bytes | found.reserve_bytes) % PAGE
        )
        if not sane:
            raise NotADisk(path=path, problem=f"{IDENTITY_FILE} is not from this version")
        return found

    def pack(self) -> bytes:
        """Give the text."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"
