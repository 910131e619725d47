"""The recorder's own certificate: self-signed at the first run, ECDSA P-256, for the names it is reached by."""

import ipaddress
import logging
import os
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from recorder.client.instance import file_mode
from recorder.configuration.web_certificate import CERTIFICATE, KEY, restored

VALID_DAYS = 3650
RENEW_DAYS = 30
LONGEST_LABEL = 63
TAKEN = "restored-web.taken"
"""The SHA-256 of the one that was brought back last: it is taken once, and renewed in its time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CertificateFiles:
    """Where certificate and key lie, both PEM; the key is read by its owner, and by who makes backups of it."""

    certificate: Path
    key: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as browsers show it."""
        der = ssl.PEM_cert_to_DER_cert(self.certificate.read_text(encoding="ascii"))
        digest = x509.load_der_x509_certificate(der).fingerprint(SHA256())
        return ":".join(f"{byte:02X}" for byte in digest)


def host_names() -> list[str]:
    """The names that this machine is reached by, without addresses."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    found = ["localhost", name, short, f"{short}.local"]
    return [one for one in dict.fromkeys(found) if one and len(one) <= LONGEST_LABEL * 4 and one.isascii()]


def addresses() -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The addresses of this machine's interfaces."""
    found: set[ipaddress.IPv4Address | ipaddress.IPv6Address] = set()
    for interface in psutil.net_if_addrs().values():
        for one in interface:
            if one.family in {socket.AF_INET, socket.AF_INET6}:
                found.add(ipaddress.ip_address(one.address.partition("%")[0]))
    return sorted(found, key=lambda one: (one.version, int(one)))


def ensure(folder: Path, now: datetime | None = None) -> CertificateFiles:
    """Give the certificate in a folder: the one that was brought back there, or the one that was.

    Made where there is none, it is damaged, or it runs out within 30 days.
    """
    files = CertificateFiles(folder / CERTIFICATE, folder / KEY)
    now = now or datetime.now(UTC)
    _take_back(folder, files, now)
    if not _fit(files, now):
        _make(files, now)
    elif files.key.stat().st_mode & 0o777 != file_mode(folder):
        # Of an older version: written anew it gets the folder's group, too.
        _write(files.key, files.key.read_bytes(), file_mode(folder))
    return files


def _take_back(folder: Path, files: CertificateFiles, now: datetime) -> None:
    """Take what was brought back, if it is any good; a cut between key and certificate has it taken anew."""
    found = restored(folder)
    if found is None:
        return
    digest = sha256(f"{found.certificate}\0{found.key}".encode()).hexdigest()
    taken = folder / TAKEN
    if taken.exists() and taken.read_text() == digest:
        return
    back = CertificateFiles(folder / f".back.{CERTIFICATE}", folder / f".back.{KEY}")
    _write(back.key, found.key.encode(), file_mode(folder))
    _write(back.certificate, found.certificate.encode(), 0o644)
    if _fit(back, now):
        back.key.replace(files.key)
        back.certificate.replace(files.certificate)
    else:
        log.warning("The certificate that was brought back is damaged or has run out; the present one stays")
    for one in (back.key, back.certificate):
        one.unlink(missing_ok=True)
    _write(taken, digest.encode(), 0o600)


def _fit(files: CertificateFiles, now: datetime) -> bool:
    try:
        found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key)
    except (OSError, ValueError):
        return False
    return found.not_valid_before_utc <= now <= found.not_valid_after_utc - timedelta(days=RENEW_DAYS)


def _make(files: CertificateFiles, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    names = host_names()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[-1][:LONGEST_LABEL])])
    alternatives = [*map(x509.DNSName, names), *map(x509.IPAddress, addresses())]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A clock that is not set yet must not make the certificate one of the future.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )
    mode = file_mode(files.key.parent)
    _write(files.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode)
    _write(files.certificate, certificate.public_bytes(Encoding.PEM), 0o644)


def _write(path: Path, data: bytes, mode: int) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
