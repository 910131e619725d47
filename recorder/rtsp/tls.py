"""RTSP over TLS (rtsps://): encrypted by whatever key the camera shows, which is then the only one believed.

Cameras sign their certificates themselves, so that no authority could tell a true one: the first that a camera shows
counts from then on (`Trust`). TLS 1.2 at least; nothing is said to a camera whose certificate is not trusted.
"""

import asyncio
import hashlib
import socket
import ssl
from typing import Protocol

from recorder.rtsp.errors import CertificateChanged, Faulty

LARGEST_RECORD = 16 << 10
"""RFC 8446 §5.1: what one record holds at most."""
# Cameras of ten years ago have keys of 1024 bits; without authorities a longer key proves no more.
CIPHERS = "DEFAULT:@SECLEVEL=1"


class Trust(Protocol):
    """Decides whether a certificate is believed."""

    def check(self, host: str, port: int, fingerprint: str) -> None:
        """Believe a certificate, by its SHA-256 in hexadecimal, or raise `CertificateChanged`."""
        ...


class FirstSeen:
    """Believes the first certificate of each place, for as long as it lives."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int], str] = {}

    def check(self, host: str, port: int, fingerprint: str) -> None:
        """See `Trust`."""
        known = self._seen.setdefault((host, port), fingerprint)
        if known != fingerprint:
            raise CertificateChanged(shown=fingerprint, known=known)


class TlsSocket:
    """An encrypted connection that behaves as a plain non-blocking socket does, as far as `Connection` uses one."""

    def __init__(self, one: ssl.SSLSocket) -> None:
        self._one = one
        self.family = one.family
        self.fileno = one.fileno
        self.getpeername = one.getpeername
        self.getsockname = one.getsockname
        self.setsockopt = one.setsockopt
        self.close = one.close

    def recv_into(self, view: memoryview) -> int:
        """Read all records that are there and fit; nothing whole is left inside, where no epoll would tell of it."""
        total = 0
        while not total or len(view) - total >= LARGEST_RECORD:
            try:
                count = self._one.recv_into(view[total:])
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
                if total:
                    break
                raise BlockingIOError from error
            except ssl.SSLError as error:
                if total:
                    break
                raise ConnectionAbortedError(0, _words(error)) from error
            if not count:
                break
            total += count
        return total

    def send(self, data: bytes | bytearray) -> int:
        """Send what can be sent now."""
        try:
            return self._one.send(data)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
            raise BlockingIOError from error
        except ssl.SSLError as error:
            raise ConnectionAbortedError(0, _words(error)) from error


async def secure(one: socket.socket, host: str, port: int, trust: Trust) -> TlsSocket:
    """Shake hands on a connected non-blocking socket, which is used up; raises `CertificateChanged`, `Faulty`."""
    wrapped = _context().wrap_socket(one, server_hostname=host, do_handshake_on_connect=False)
    try:
        while True:
            try:
                wrapped.do_handshake()
                break
            except ssl.SSLWantReadError:
                await _ready(wrapped, for_writing=False)
            except ssl.SSLWantWriteError:
                await _ready(wrapped, for_writing=True)
        # TLS 1.2 with what we offer has no server without one.
        shown = wrapped.getpeercert(binary_form=True) or b""
        trust.check(host, port, hashlib.sha256(shown).hexdigest())
    except OSError as error:
        wrapped.close()
        what = _words(error) if isinstance(error, ssl.SSLError) else error.strerror
        raise Faulty(reason=f"no encrypted connection ({what})") from error
    except BaseException:
        wrapped.close()
        raise
    return TlsSocket(wrapped)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    # Its certificate is compared with the one that was trusted, by `Trust`.
    context.verify_mode = ssl.CERT_NONE
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_ciphers(CIPHERS)
    return context


async def _ready(one: ssl.SSLSocket, *, for_writing: bool) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    number = one.fileno()

    def tell() -> None:
        if not ready.done():
            ready.set_result(None)

    (loop.add_writer if for_writing else loop.add_reader)(number, tell)
    try:
        await ready
    finally:
        (loop.remove_writer if for_writing else loop.remove_reader)(number)


def _words(error: ssl.SSLError) -> str:
    return (error.reason or str(error)).replace("_", " ").lower()
