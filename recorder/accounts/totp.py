"""Codes of six digits that change every half minute (RFC 6238 on RFC 4226): what an authenticator shows."""

import base64
import hmac
import secrets
import struct
from urllib.parse import quote

SECRET_BYTES = 20
"""160 bits, as RFC 4226 §4 recommends."""
STEP_S = 30
DIGITS = 6
DRIFT = 1
"""Steps to both sides that count too: clocks differ, and typing takes time (RFC 6238 §5.2)."""


def new_secret() -> str:
    """Make a secret, in base32 as authenticators take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def code_at(secret: str, step: int) -> str:
    """Give the code of a step (RFC 4226 §5.3)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    at = digest[-1] & 0xF
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: str, code: str, now_s: int) -> int | None:
    """Give the step whose code this is, of those that count now; None where it is of none."""
    found = None
    for step in range(max(0, now_s // STEP_S - DRIFT), now_s // STEP_S + DRIFT + 1):
        # Each is looked at, so that the time that it takes tells nothing.
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode("utf-8", "replace")):
            found = step
    return found


def uri(secret: str, user: str, recorder: str) -> str:
    """Give what an authenticator scans (the otpauth key URI format)."""
    # A colon parts issuer and user.
    issuer = quote(recorder.replace(":", " ").strip(), safe="")
    told = f"secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    return f"otpauth://totp/{issuer}:{quote(user, safe='')}?{told}"
