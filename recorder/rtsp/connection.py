"""The TCP connection to one camera: requests and their answers, and packets interleaved with them."""

import asyncio
import contextlib
import logging
import os
import re
import socket
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from recorder.client.clock import Clock
from recorder.rtsp.address import Address
from recorder.rtsp.errors import Closed, Faulty, Malformed, Redirected, RtspError, Unreachable
from recorder.rtsp.intake import Intake
from recorder.rtsp.message import DOLLAR, Headers, Message, Request, Response, take
from recorder.rtsp.redirect import may_lead_to
from recorder.rtsp.tls import TlsSocket, Trust, secure

if TYPE_CHECKING:
    from recorder.rtsp.reception import Reception

log = logging.getLogger(__name__)

MOST_ADDRESSES = 4
"""Of one name: more are no camera's."""
ADDRESS_S = 1.2
"""How long an address may keep us from the next one of the same name: all have their turn within one handshake.

Networks that carry no IPv6 swallow it without a word, and a name of a camera often has such an address first.
"""
MOST_WAITING = 64 << 10
"""What may wait to be sent to a camera that does not read."""
WINDOW_BYTES = 1 << 20
"""What a camera may send between two calm reads: 8 Mbit/s for half a second, twice that in case we are late.

It is a bound, not memory: the kernel takes what is used. A camera whose window is full throws pictures away.
"""
MOST_JUNK = 1 << 20
"""So many bytes that are neither message nor packet end a connection."""
_MESSAGE = re.compile(rb"RTSP/|[A-Z_]{3,24} |[A-Z_]{1,24}\Z")
"""How a message begins, as far as its first bytes are there."""
ANSWERED = frozenset({"OPTIONS", "GET_PARAMETER", "SET_PARAMETER", "REDIRECT"})
AGENT = ("User-Agent", "Nightjar")
Rtcp = Callable[[int, memoryview], None]
Resolved = tuple[
    socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
]


class Connection:
    """One TCP connection. Everything it reads is parsed in place, in the buffer that all connections share.

    `receptions` maps interleaved channels to who takes their RTP packets; what comes on other channels goes to whoever
    listens.
    `ended` is done, with the reason as its exception, when nothing can be read any more.
    """

    def __init__(self, one: socket.socket | TlsSocket, intake: Intake, clock: Clock) -> None:
        self.receptions: dict[int, Reception] = {}
        self.bytes = 0
        self.malformed = 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()
        self._socket = one
        self._intake = intake
        self._clock = clock
        self._rtcp: Rtcp = lambda _channel, _data: None
        self._after_read: Callable[[], None] = lambda: None
        self._left = b""
        self._junk = 0
        self._cseq = 0
        self._waiting: tuple[int, asyncio.Future[Response]] | None = None
        self._unsent = bytearray()
        self._mute = False
        self._batched = self._calm = False
        self._loop.add_reader(one.fileno(), self._readable)

    @classmethod
    async def open(cls, place: Address, intake: Intake, clock: Clock, trust: Trust) -> Self:
        """Connect to the first address of a host that answers, encrypted where that is asked for.

        Where a camera named the host, addresses that it has no business with are passed over. Raises `Unreachable`, and
        for encrypted ones `CertificateChanged` and `Faulty`.
        """
        loop = asyncio.get_running_loop()
        found = await _addresses(place)
        if place.foreign:
            found = [one for one in found if may_lead_to(str(one[4][0]))]
            if not found:
                raise Faulty(reason="it redirects to an address that is none of a camera")
        failure = OSError("no address")
        found = found[:MOST_ADDRESSES]
        for number, (family, kind, protocol, _, address) in enumerate(found, 1):
            one = socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
            try:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                async with asyncio.timeout(ADDRESS_S if number < len(found) else None):
                    await loop.sock_connect(one, address)
                ready = await secure(one, place.host, place.port, trust) if place.tls else one
            except OSError as error:
                one.close()
                failure = error
            except BaseException:
                one.close()
                raise
            else:
                return cls(ready, intake, clock)
        raise Unreachable(reason=_words(failure)) from failure

    def listen(self, rtcp: Rtcp) -> None:
        """Hand over what comes on channels that are no RTP of ours, and what is too short for RTP."""
        self._rtcp = rtcp

    def after_reads(self, call: Callable[[], None]) -> None:
        """Have this called after each read, whatever came of it."""
        self._after_read = call

    @property
    def peer(self) -> tuple[socket.AddressFamily, str]:
        """Family and address of the camera."""
        return self._socket.family, self._socket.getpeername()[0]

    @property
    def local(self) -> str:
        """Our own address on this connection."""
        return self._socket.getsockname()[0]

    def batch(self) -> None:
        """Read with all others in batches from now on; until then, what arrives is read at once."""
        if not self._batched and not self.ended.done():
            self._loop.remove_reader(self._socket.fileno())
            self._intake.add(self._socket, self._readable)
            self._batched = True

    def calm(self) -> None:
        """Read calmly with all others, so that less is done for more bytes; until `rouse`, or the next request."""
        if self._batched and not self._calm and not self.ended.done():
            self._calm = True
            self._widen()
            self._intake.calm(self._socket)

    def rouse(self) -> None:
        """Read as soon as all others again."""
        if self._calm and not self.ended.done():
            self._intake.rouse(self._socket)
        self._calm = False

    def _widen(self) -> None:
        """Have the kernel hold what comes between two calm reads, instead of learning by and by how much that is.

        Linux makes room for what is to be waited for (tcp_set_rcvlowat), and keeps it when that is taken back.
        """
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, WINDOW_BYTES)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    async def request(self, method: str, url: str, headers: list[tuple[str, str]]) -> Response:
        """Send a request and wait for its answer, one at a time; raises what ended the connection."""
        if self.ended.done():
            self.ended.result()
        self.rouse()
        self._cseq += 1
        answer: asyncio.Future[Response] = self._loop.create_future()
        waiting = self._waiting = self._cseq, answer
        self._send_request(method, url, headers)
        try:
            await asyncio.wait({answer, self.ended}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                self.ended.result()
            return answer.result()
        finally:
            # Somebody who was given up may be asked again before this is reached.
            if self._waiting is waiting:
                self._waiting = None

    def tell(self, method: str, url: str, headers: list[tuple[str, str]]) -> None:
        """Send a request whose answer nobody waits for."""
        self._cseq += 1
        self._send_request(method, url, headers)

    def send(self, data: bytes) -> None:
        """Send bytes; what the kernel does not take waits, and a camera that lets too much wait is hung up on."""
        if self.ended.done() or self._mute:
            return
        if not self._unsent:
            try:
                data = data[self._socket.send(data) :]
            except (BlockingIOError, InterruptedError):
                pass
            except OSError:
                self._fall_silent()
                return
            if not data:
                return
            self._loop.add_writer(self._socket.fileno(), self._writable)
        self._unsent += data
        if len(self._unsent) > MOST_WAITING:
            self.fail(Closed(reason="the camera does not read what is sent to it"))

    def close(self) -> None:
        """Hang up."""
        self.fail(Closed(reason="closed by the recorder"))
        # Looked at, so that nobody need be told of it.
        self.ended.exception()
        self._socket.close()

    def fail(self, reason: RtspError) -> None:
        """Read no more, for this reason; the first one counts."""
        if self.ended.done():
            return
        self.ended.set_exception(reason)
        if self._batched:
            self._intake.remove(self._socket)
        else:
            self._loop.remove_reader(self._socket.fileno())
        self._loop.remove_writer(self._socket.fileno())

    def _send_request(self, method: str, url: str, headers: list[tuple[str, str]]) -> None:
        self.send(bytes(Request(method, url, Headers([("CSeq", str(self._cseq)), AGENT, *headers]))))

    def _writable(self) -> None:
        try:
            del self._unsent[: self._socket.send(self._unsent)]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._fall_silent()
            return
        if not self._unsent:
            self._loop.remove_writer(self._socket.fileno())

    def _fall_silent(self) -> None:
        """Send no more to a camera that hung up; what it sent before is still read, and the read finds the end."""
        self._mute = True
        self._unsent.clear()
        self._loop.remove_writer(self._socket.fileno())

    def _readable(self) -> None:
        """Read once and parse; the next read is the next wake, so that no camera keeps the others waiting."""
        buffer, left = self._intake.buffer, self._left
        start = len(left)
        if start:
            buffer[:start] = left
        try:
            count = self._socket.recv_into(self._intake.view[start:])
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.fail(Closed(reason=_words(error)))
            return
        if not count:
            self.fail(Closed(reason="the camera hung up"))
            return
        self.bytes += count
        now_us = self._clock.monotonic_us()
        for one in self.receptions.values():
            one.arrived_us = now_us
        end = start + count
        try:
            try:
                at = self._parse(end)
            finally:
                self._after_read()
        except Malformed as error:
            self.fail(Faulty(reason=error.reason))
            return
        except Exception as error:
            # Half of what was read is lost with it, so this connection cannot go on; all others do.
            log.exception("What a camera sent could not be handled")
            self.fail(Faulty(reason=f"the recorder failed on it ({type(error).__name__})"))
            return
        self._left = bytes(self._intake.view[at:end]) if at < end else b""

    def _parse(self, end: int) -> int:
        """Take all that is whole of `buffer[:end]`; give where the rest begins. Raises `Malformed`."""
        buffer, receptions = self._intake.buffer, self.receptions
        at = 0
        while at < end:
            # Packets of one track mostly follow each other, and are taken together.
            reception = receptions.get(buffer[at + 1]) if buffer[at] == DOLLAR and at + 1 < end else None
            after = reception.frames(buffer, at, end) if reception is not None else at
            if after == at:
                after = self._other(at, end)
                if after == at:
                    break
            at = after
        return at

    def _other(self, at: int, end: int) -> int:
        """Take what is no RTP packet of ours: reports, unknown channels, messages, junk. Give where the next begins."""
        buffer = self._intake.buffer
        lead = buffer[at]
        if lead == DOLLAR:
            if end - at < 4:
                return at
            after = at + 4 + (buffer[at + 2] << 8 | buffer[at + 3])
            if after > end:
                return at
            self._rtcp(buffer[at + 1], self._intake.view[at + 4 : after])
            return after
        if lead in b"\r\n":
            return at + 1
        if not self._may_be_message(at, end):
            return self._skip_junk(at, end)
        try:
            taken = take(buffer, at, end)
        except Malformed:
            if not self.receptions:
                raise
            return self._skip_junk(at, end)
        if taken is None:
            return at
        message, after = taken
        self._junk = 0
        self._message(message)
        return after

    def _may_be_message(self, at: int, end: int) -> bool:
        """Tell whether a message may begin here; before anything is set up, nothing else can."""
        return not self.receptions or _MESSAGE.match(self._intake.buffer[at : min(end, at + 25)]) is not None

    def _skip_junk(self, at: int, end: int) -> int:
        """Pass over bytes up to what may be a packet of a known channel or an answer; raises `Malformed` in the end.

        Cameras whose network is full leave bytes out, so that what follows is the midst of a picture, where a `$` means
        nothing: taken for a packet by its length, it would cost up to 64 KiB of good ones.
        """
        found = _start_of(frozenset(self.receptions), frozenset(one.payload_type for one in self.receptions.values()))(
            self._intake.buffer, at + 1, end
        )
        after = found.start() if found else end
        self._junk += after - at
        self.malformed += 1
        if self._junk > MOST_JUNK:
            raise Malformed(reason="what arrives is neither RTSP nor RTP")
        return after

    def _message(self, message: Message) -> None:
        if isinstance(message, Request):
            self._answer(message)
            return
        if self._waiting is None:
            return
        cseq, answer = self._waiting
        # An answer without a number is taken for that of the only request there is; an older one came too late.
        if message.cseq in {None, cseq} and not answer.done() and message.status >= 200:
            answer.set_result(message)

    def _answer(self, request: Request) -> None:
        """Cameras may ask too (RFC 2326 §10: OPTIONS, GET_PARAMETER, ANNOUNCE): they are told what we can do."""
        headers = [("CSeq", request.headers.get("CSeq")[:16])]
        if request.method == "OPTIONS":
            headers.append(("Public", ", ".join(sorted(ANSWERED))))
        status = 200 if request.method in ANSWERED else 501
        self.send(bytes(Response(status, headers=Headers(headers))))
        if request.method == "REDIRECT" and (location := request.headers.get("Location")):
            self.fail(Redirected(reason="REDIRECT", location=location))


@lru_cache(maxsize=64)
def _start_of(
    channels: frozenset[int], kinds: frozenset[int]
) -> Callable[[bytearray, int, int], "re.Match[bytes] | None"]:
    """Give what finds the begin of an answer, or of a frame on these channels or those of their reports.

    A frame holds RTP of these payload types or RTCP (200 to 204), both of version 2, as far as its begin is there.
    """
    ours = re.escape(bytes(sorted(channel | odd for channel in channels for odd in (0, 1))))
    second = re.escape(bytes(sorted(kind | marker for kind in kinds for marker in (0, 0x80))))
    frame = rb"(?s)\$[" + ours + rb"](?:..[\x80-\xbf][" + second + rb"\xc8-\xcc]|.{0,2}\Z|..[\x80-\xbf]\Z)"
    return re.compile(frame + rb"|RTSP/").search


async def _addresses(place: Address) -> list[Resolved]:
    """Give the addresses of a host; raises `Unreachable`.

    Who is named by an address asks nobody: a resolver that hangs keeps threads busy for which all others would wait.
    """
    try:
        with contextlib.suppress(OSError):
            return socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return await asyncio.get_running_loop().getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(reason=f"the name {place.host} is not known") from error


def _words(error: OSError) -> str:
    """Say what the system said; asyncio puts words of its own over it."""
    if isinstance(error, TimeoutError):
        return "no answer"
    return os.strerror(error.errno) if error.errno else error.strerror or str(error)
