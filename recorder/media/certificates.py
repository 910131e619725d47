"""The certificates of cameras, each believed since it was first seen; kept on disk, so that a restart forgets none."""

import logging
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from recorder.client.errors import UNREADABLE
from recorder.rtsp.errors import CertificateChanged

log = logging.getLogger(__name__)

FILE = "camera-certificates.json"
LARGEST_FILE = 1 << 20
MOST_KEPT = 1024
"""Places beyond what any plan has: those that left it go first."""


class Certificates:
    """Fingerprints (SHA-256 in hexadecimal) by `host:port`. A new one counts only when the owner accepts it."""

    def __init__(self, path: Path) -> None:
        self.shown: dict[str, str] = {}
        """What each place showed last, believed or not."""
        self._path = path
        self._known = _read(path)
        self._wanted: frozenset[str] = frozenset()

    def keep(self, places: Iterable[tuple[str, int]]) -> None:
        """Say which places the plan has."""
        self._wanted = frozenset(map(_name, places))

    def check(self, host: str, port: int, fingerprint: str, accepted: str = "") -> None:
        """Believe a certificate or raise `CertificateChanged`; `accepted` is what the owner said yes to, or ""."""
        place = _name((host, port))
        self.shown[place] = fingerprint
        while len(self.shown) > MOST_KEPT:
            del self.shown[next(iter(self.shown))]
        known = self._known.get(place)
        if known == fingerprint:
            return
        if fingerprint != accepted and (before := known or accepted):
            raise CertificateChanged(shown=fingerprint, known=before)
        log.info("the certificate of %s is trusted from now on: %s", place, fingerprint)
        self._known[place] = fingerprint
        if len(self._known) > MOST_KEPT:
            self._known = {one: known for one, known in self._known.items() if one in self._wanted or one == place}
        self._save()

    def of(self, host: str, port: int) -> str:
        """Give what a place showed last, or ""."""
        return self.shown.get(_name((host, port)), "")

    def _save(self) -> None:
        fresh = self._path.with_name(f".{self._path.name}.new")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(self._known))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            # Known while we run; after a restart the camera is met anew.
            log.warning("the certificates of cameras could not be saved (%s)", error.strerror)


class CertificatesOf:
    """Judges for one stream, whose owner may have accepted a certificate (`recorder.rtsp.tls.Trust`)."""

    def __init__(self, certificates: Certificates, accepted: str) -> None:
        self._certificates = certificates
        self._accepted = accepted

    def check(self, host: str, port: int, fingerprint: str) -> None:
        """Believe a certificate or raise `CertificateChanged`."""
        self._certificates.check(host, port, fingerprint, self._accepted)


def _name(place: tuple[str, int]) -> str:
    return f"{place[0].lower()}:{place[1]}"


def _read(path: Path) -> dict[str, str]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            return {}
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except (OSError, *UNREADABLE) as error:
        log.warning("the certificates of cameras cannot be read (%s); each is met anew", error)
        return {}
