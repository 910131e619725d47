"""A file by its address: fetched, taken up again where it was broken off, and held to its digest."""

import hashlib
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

from .image.tool import CannotBuild

PATIENCE_S = 60
CHUNK = 1 << 16
LARGEST = 256 << 20
"""Bytes; the largest that is fetched has 7 MB. Who answers without an end does not fill the disk."""


def fetch(address: str, sha256: str, out: Path) -> None:
    """Fetch a file; what a broken connection left is kept and continued. Raises `CannotBuild`."""
    part = out.with_suffix(".part")
    have = part.stat().st_size if part.exists() else 0
    if not address.startswith(("https://", "http://")):
        raise CannotBuild(f"{address} is no address of the web")
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310 - looked at above
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 - looked at above
            more = answer.status == HTTPStatus.PARTIAL_CONTENT
            with part.open("ab" if more else "wb") as file:
                while data := answer.read(CHUNK):
                    if file.tell() + len(data) > LARGEST:
                        raise CannotBuild(
                            f"{address} gives more than {LARGEST >> 20} MB: that is not what was asked for"
                        )
                    file.write(data)
            if answer.length:
                # What was promised and did not come raises nothing where it is read piece by piece.
                raise CannotBuild(_words(address, OSError(f"{answer.length} bytes are missing")))
    except urllib.error.HTTPError as error:
        # All of it is there already, and is looked at below.
        if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise CannotBuild(_words(address, error)) from error
    except OSError as error:
        raise CannotBuild(_words(address, error)) from error
    digest = hashlib.sha256(part.read_bytes()).hexdigest()
    if digest != sha256:
        part.unlink()
        raise CannotBuild(f"{address} is not what is wanted: its SHA-256 is {digest}, not {sha256}")
    part.rename(out)


def _words(address: str, error: OSError) -> str:
    return f"{address} cannot be fetched ({error}). Run it again where there is a network: it goes on where it stopped."
