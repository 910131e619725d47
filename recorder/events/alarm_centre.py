"""What an alarm receiving centre is told, as bytes: ANSI/SIA DC-09 with SIA-DCS events, in clear or with AES.

A message is LF, CRC-16 of what follows up to the CR (four hex digits), its length (`0` and three), `"SIA-DCS"`,
sequence, receiver, line, account, `[…]` and the time, CR (§5.5.1). Encrypted, what stands behind `[` is AES-CBC with
an IV of zeros, in hex, padded in front with random characters up to `|` (§5.4). It is answered by `ACK`, `NAK` (clocks
differ) or `DUH`.
"""

import re
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK_BYTES = 16
LONGEST_TEXT = 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAD = string.ascii_letters + string.digits
_ANSWER = re.compile(r'\n([0-9A-F]{4})0([0-9A-F]{3})("\*?(ACK|NAK|DUH)"(\d{4})?[^\r\n]*)\r')


class Answer(StrEnum):
    """What a receiver said."""

    ACK = "ACK"
    NAK = "NAK"
    """It takes nothing so old or so new: the clocks differ."""
    DUH = "DUH"
    """It understands, and cannot take it."""


@dataclass(frozen=True)
class Report:
    """What to tell: a two-letter SIA code (DC-03), a zone, and words."""

    code: str
    zone: int
    words: str = ""


def message(report: Report, account: str, sequence: int, at_us: int, key: bytes = b"") -> bytes:
    """Write a message; `account` is 3 to 16 hex digits, `at_us` UTC, `key` of 16, 24 or 32 bytes encrypts."""
    at = (EPOCH + timedelta(microseconds=at_us)).strftime("_%H:%M:%S,%m-%d-%Y")
    text = _plain(report.words)
    data = f"#{account}|Nri{report.zone}/{report.code}{text}]"
    name = "*SIA-DCS" if key else "SIA-DCS"
    head = f'"{name}"{sequence % 10_000:04}L0#{account}['
    body = head + (_sealed(data + at, key) if key else data + at)
    return f"\n{crc(body.encode('ascii')):04X}0{len(body):03X}{body}\r".encode("ascii")


def answer(received: bytes, sequence: int) -> Answer | None:
    """Read what a receiver said to a message; None where it is no answer to it, or damaged."""
    found = _ANSWER.fullmatch(received.decode("ascii", "replace"))
    if found is None:
        return None
    check, length, body, said, number = found.groups()
    if int(check, 16) != crc(body.encode("ascii", "replace")) or int(length, 16) != len(body):
        return None
    if said == "NAK":  # §5.5.3.2: it names no sequence that counts
        return Answer.NAK
    return Answer(said) if number == f"{sequence % 10_000:04}" else None


def crc(data: bytes) -> int:
    """CRC-16 with the polynomial 0xA001, from zero (DC-09 annex A)."""
    found = 0
    for one in data:
        found ^= one
        for _bit in range(8):
            found = found >> 1 ^ 0xA001 if found & 1 else found >> 1
    return found


def _plain(words: str) -> str:
    """Keep what cannot end a field: receivers of old read ASCII, and brackets, bars and carets mean something."""
    kept = "".join(one if one.isascii() and (one.isalnum() or one in " .,:;-") else "?" for one in words)
    return f"^{kept[:LONGEST_TEXT]}^" if kept else ""


def _sealed(text: str, key: bytes) -> str:
    missing = -(len(text) + 1) % BLOCK_BYTES
    pad = "".join(secrets.choice(_PAD) for _each in range(missing))
    whole = f"{pad}|{text}".encode("ascii")
    # The standard has no other mode and no other IV; the pad in front makes equal messages differ.
    cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(BLOCK_BYTES))).encryptor()
    return (cipher.update(whole) + cipher.finalize()).hex().upper()
