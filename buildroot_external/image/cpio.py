"""Archives of the kind the kernel unpacks before it starts ("newc", Documentation/driver-api/early-userspace)."""

import itertools

_REGULAR, _FOLDER = 0o100000, 0o040000


class Archive:
    """A growing archive."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._folders: set[str] = set()
        self._files: set[str] = set()
        self._numbers = itertools.count(1)

    def add(self, name: str, data: bytes, *, executable: bool = False) -> None:
        """Add a file, and the folders above it; one that is there already stays as it is."""
        if name in self._files:
            return
        self._files.add(name)
        above = name.split("/")[:-1]
        for depth in range(1, len(above) + 1):
            folder = "/".join(above[:depth])
            if folder not in self._folders:
                self._folders.add(folder)
                self._entry(folder, _FOLDER | 0o755, b"")
        self._entry(name, _REGULAR | (0o755 if executable else 0o644), data)

    def _entry(self, name: str, mode: int, data: bytes) -> None:
        text = name.encode() + b"\0"
        fields = (next(self._numbers), mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(text), 0)
        head = b"070701" + b"".join(b"%08x" % one for one in fields) + text
        self._parts += [_filled(head), _filled(data)]

    def finish(self) -> bytes:
        """Give the archive."""
        self._entry("TRAILER!!!", 0, b"")
        return b"".join(self._parts)


def _filled(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
