"""The connection to a log server: TCP or TLS, and whether all that was sent has arrived there."""

import hashlib
import hmac
import socket
import ssl
import struct
import time
from fcntl import ioctl
from termios import TIOCOUTQ
from typing import Protocol

from recorder.client.errors import NightjarError
from recorder.client.words import _

TIMEOUT_S = 10.0
LOOK_S = 0.02


class LogServerAway(NightjarError):
    """The log server takes nothing."""

    status = 502
    words = _("The log server does not take it: {problem}")


class Address(Protocol):
    """Where a log server is, as its settings page has it."""

    @property
    def host(self) -> str:
        """Name or address."""
        ...

    @property
    def port(self) -> int:
        """Port."""
        ...

    @property
    def tls(self) -> bool:
        """Whether by TLS."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its certificate; empty: an authority vouches for it."""
        ...


class Line:
    """One connection. Blocks: never on an event loop."""

    def __init__(self, address: Address) -> None:
        """Connect; raises `LogServerAway`."""
        try:
            plain = socket.create_connection((address.host, address.port), TIMEOUT_S)
        except (OSError, UnicodeError) as error:
            raise LogServerAway(problem=error) from error
        try:
            self._socket = _secured(plain, address) if address.tls else plain
        except (OSError, ValueError) as error:
            plain.close()
            raise LogServerAway(problem=error) from error
        except LogServerAway:
            plain.close()
            raise

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send, and return when the other machine has acknowledged it all; raises `LogServerAway`."""
        try:
            self._check_open()
            self._socket.settimeout(TIMEOUT_S)
            self._socket.sendall(data)
            until = time.monotonic() + TIMEOUT_S
            while self._unacknowledged():
                if time.monotonic() > until:
                    raise TimeoutError(_("it acknowledges nothing"))
                time.sleep(LOOK_S)
            self._check_open()
        except OSError as error:
            raise LogServerAway(problem=error) from error

    def _unacknowledged(self) -> int:
        """Bytes that are still on their way (SIOCOUTQ of tcp(7))."""
        found: int = struct.unpack("i", ioctl(self._socket.fileno(), TIOCOUTQ, b"\0\0\0\0"))[0]
        return found

    def _check_open(self) -> None:
        """A log server says nothing: what can be read is its end, or what TLS has to tell."""
        self._socket.settimeout(0)
        try:
            if self._socket.recv(4096) == b"":
                raise ConnectionResetError(_("it hung up"))
        except (BlockingIOError, ssl.SSLWantReadError):
            pass


def _secured(plain: socket.socket, address: Address) -> ssl.SSLSocket:
    """Begin TLS (RFC 5425); a server with a known fingerprint needs no authority (§4.2.2)."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if address.fingerprint:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    secured = context.wrap_socket(plain, server_hostname=address.host)
    if address.fingerprint:
        shown = hashlib.sha256(secured.getpeercert(binary_form=True) or b"").hexdigest()
        if not hmac.compare_digest(shown, address.fingerprint.replace(":", "").lower()):
            secured.close()
            raise LogServerAway(problem=_("its certificate has the fingerprint {shown}").format(shown=shown))
    return secured
