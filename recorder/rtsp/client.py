"""One camera stream, pulled: connect, log in, set up, play, keep alive, until it fails (`RtspSource`)."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from recorder.client.clock import Clock
from recorder.client.words import _
from recorder.rtsp.address import Address, parse
from recorder.rtsp.auth import Login
from recorder.rtsp.connection import Connection
from recorder.rtsp.delivery import Sink
from recorder.rtsp.errors import (
    Closed,
    Faulty,
    Malformed,
    Redirected,
    RtspError,
    Stalled,
    Unreachable,
    Unsupported,
    WrongPassword,
)
from recorder.rtsp.handshake import FORBIDDEN, UNSUPPORTED_TRANSPORT, Dialogue, datagrams, interleaved, multicast
from recorder.rtsp.intake import Intake
from recorder.rtsp.offer import Offer
from recorder.rtsp.playing import Playing
from recorder.rtsp.redirect import MOST_REDIRECTS, follow
from recorder.rtsp.rtcp import SenderReport
from recorder.rtsp.tls import FirstSeen, Trust

__all__ = ["HANDSHAKE_S", "RtspSource", "Sink", "Statistics", "Transport"]

Transport = Literal["tcp", "udp", "multicast", "auto"]
"""How packets travel; `auto` is TCP, and UDP where the camera refuses that. Encrypted streams go by TCP alone.

Where by UDP no packet ever comes, `auto` asks for TCP once more at once: the camera may have been short of connections.
"""
HANDSHAKE_S = 10.0
"""From connecting to the answer of PLAY."""
TEARDOWN_S = 0.5
_SILENT = "it refuses TCP, and by UDP no packet comes: let UDP from the camera through, or allow TCP at the camera"


@dataclass
class Statistics:
    """Counts of one source over all its connections; `media` shows them at the channel."""

    packets: int = 0
    bytes: int = 0
    lost: int = 0
    """RTP packets that never came."""
    reordered: int = 0
    damaged: int = 0
    """Access units that were delivered with DAMAGED, or dropped because nothing whole was left of them."""
    malformed: int = 0
    """Packets, messages and parameter sets that could not be parsed."""
    foreign: int = 0
    """Packets that belong to nothing we set up: other channels, payload types or versions."""
    discontinuities: int = 0
    transport: str = ""
    """"tcp", "udp", "multicast" or "tls" of the newest connection."""
    note: str = ""
    """What is odd about how packets come, for people; empty where nothing is."""


class _NothingByUdp(Exception):
    """A session by UDP is over in which not one packet came."""


class RtspSource:
    """One stream of one camera.

    `run` connects and plays until it fails, and may be called again; one call makes at most one login with a refused
    password (a first challenge, or one that says stale=true, is no login). `epoch_number` is the last number that was
    used for this stream; epochs count on from it. All sources of one event loop are read together, in batches
    (`recorder.rtsp.intake`). `let_in` is called when a camera has answered DESCRIBE: it took the password, or wants
    none. `trust` judges certificates of rtsps:// addresses; without it the first one counts while the source lives.
    """

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        *,
        sink: Sink,
        clock: Clock,
        transport: Transport = "tcp",
        epoch_number: int = 0,
        stall_after_s: float = 5.0,
        handshake_s: float = HANDSHAKE_S,
        intake: Intake | None = None,
        let_in: Callable[[], None] | None = None,
        trust: Trust | None = None,
    ) -> None:
        self._url = url
        self._user = user
        self._password = password
        self._sink = sink
        self._clock = clock
        self._transport: Transport = transport
        self._epoch_number = epoch_number
        self._stall_after_s = stall_after_s
        self._handshake_s = handshake_s
        self._given_intake = intake
        self._let_in = let_in
        self._trust = trust or FirstSeen()
        self._before = Statistics()
        """What earlier connections counted."""
        self._playing: Playing | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._udp_is_silent = False
        """By UDP nothing came last time, so TCP alone is asked for."""
        self._sent_on: Address | None = None
        """Where the camera sent us while it played; the next run begins there."""

    @property
    def statistics(self) -> Statistics:
        """The counts up to now."""
        if self._playing is None:
            return self._before
        return _sum(self._before, self._playing)

    @property
    def lacks(self) -> str:
        """What is missing, in words, while packets arrive and no picture can begin yet; "" where nothing is."""
        return self._playing.lacks if self._playing is not None else ""

    def report(self, track: int) -> tuple[SenderReport, int] | None:
        """Give the newest sender report of a track of the present connection, and when it came (monotonic µs).

        It maps the camera's NTP time to its RTP timestamps.
        """
        one = self._playing.receptions.get(track) if self._playing is not None else None
        return (one.sender_report, one.sender_report_at_us) if one is not None and one.sender_report else None

    def calm(self) -> None:
        """Read the present connection calmly, half a second later at most: nobody watches. Over TCP only."""
        if self._playing is not None:
            self._playing.dialogue.connection.calm()

    def rouse(self) -> None:
        """Read at once what there is, from now on."""
        if self._playing is not None:
            self._playing.dialogue.connection.rouse()

    async def run(self) -> None:
        """Play until it fails.

        Raises `Unreachable`, `WrongPassword`, `StreamNotFound`, `Unsupported`, `CertificateChanged`, `Faulty`, `Closed`
        or `Stalled` (`recorder.rtsp.errors`); returns only after `close`.
        """
        if self._closing:
            return
        task = self._task = asyncio.get_running_loop().create_task(self._play())
        try:
            await task
        except asyncio.CancelledError:
            asking = asyncio.current_task()
            if not self._closing or (asking is not None and asking.cancelling()):
                raise
        finally:
            self._task = None

    async def close(self) -> None:
        """End the session with the camera (TEARDOWN, at most 0.5 s) and let `run` return; the source is used up."""
        self._closing = True
        playing, task = self._playing, self._task
        if playing is not None:
            with contextlib.suppress(TimeoutError, RtspError):
                async with asyncio.timeout(TEARDOWN_S):
                    await playing.tear_down()
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _play(self) -> None:
        found = parse(self._url)
        address = replace(
            found,
            user=self._user or found.user,
            password=self._password if self._user else found.password,
        )
        if self._sent_on is not None:
            address, self._sent_on = self._sent_on, None
        for _try in range(MOST_REDIRECTS + 1):
            try:
                await self._play_at(address)
            except Redirected as error:
                address = follow(address, error.location)
            except _NothingByUdp:
                self._udp_is_silent = True
                self._before.note = _("by UDP no packet came, so TCP is used")
            else:
                return
        raise Faulty(reason=f"it redirects more than {MOST_REDIRECTS} times")

    async def _play_at(self, address: Address) -> None:
        if address.tls and self._transport in {"udp", "multicast"}:
            raise Unsupported(reason=f"packets by {self._transport} would not be encrypted; choose TCP or automatic")
        connected = False
        try:
            async with asyncio.timeout(self._handshake_s):
                playing = await self._connect(address)
                self._playing = playing
                connected = True
                await self._hand_shake(playing)
        except TimeoutError as error:
            self._finish()
            what = "it did not finish the RTSP handshake" if connected else "no answer"
            raise Unreachable(reason=f"{what} within {self._handshake_s:g} s") from error
        except Closed as error:
            # Nothing was playing yet: for whoever waits, it is as if there were no camera.
            self._finish()
            raise Unreachable(reason=error.reason) from error
        except Malformed as error:
            self._finish()
            raise Faulty(reason=error.reason) from error
        except BaseException:
            self._finish()
            raise
        try:
            await playing.until_it_fails(self._stall_after_s)
        except Redirected as error:
            # What plays ends here, as for any other reason, so that nobody takes the pause for nothing.
            self._sent_on = follow(address, error.location)
            raise Closed(reason="it sends us to another place") from error
        except Stalled as error:
            if self._transport == "auto" and playing.transport == "udp" and not _packets(playing):
                raise _NothingByUdp from error
            raise
        finally:
            self._finish()

    async def _connect(self, address: Address) -> Playing:
        intake = self._given_intake or Intake.of_loop()
        connection = await Connection.open(address, intake, self._clock, self._trust)
        login = Login(address.user, address.password)
        dialogue = Dialogue(connection, address, login, has_password=bool(address.user))
        return Playing(dialogue, self._sink, self._clock, intake, self._epoch_number)

    async def _hand_shake(self, playing: Playing) -> None:
        offers = await playing.dialogue.describe()
        if self._let_in is not None:
            self._let_in()
        playing.prepare(offers)
        transport = "tcp" if self._transport == "auto" else self._transport
        for offer in offers:
            try:
                transport = await self._set_up(playing, offer, transport)
            except RtspError as error:
                # Sound and metadata are not worth losing the picture for; a refused password is one for all tracks.
                refused = isinstance(error, WrongPassword) and error.details.get("status") != FORBIDDEN
                if offer.is_video or refused or playing.dialogue.connection.ended.done():
                    raise
                playing.without(offer.track)
        playing.transport = "tls" if playing.dialogue.address.tls else transport
        await playing.dialogue.play()
        playing.begin()

    async def _set_up(self, playing: Playing, offer: Offer, transport: str) -> str:
        try:
            await self._set_up_over(playing, offer, transport)
        except Unsupported as error:
            refused = error.details.get("status") == UNSUPPORTED_TRANSPORT
            encrypted = playing.dialogue.address.tls
            if not refused or self._transport != "auto" or not offer.is_video or encrypted:
                raise
            if self._udp_is_silent:
                self._udp_is_silent, self._before.note = False, ""  # both again at the next run
                raise Unsupported(reason=_SILENT, status=UNSUPPORTED_TRANSPORT) from error
            transport = "udp"
            await self._set_up_over(playing, offer, transport)
        return transport

    @staticmethod
    async def _set_up_over(playing: Playing, offer: Offer, transport: str) -> None:
        if transport == "tcp":
            setup = await playing.dialogue.set_up(offer, interleaved(2 * offer.track))
            playing.take_channel(offer, setup.channel)
        elif transport == "multicast":
            setup = await playing.dialogue.set_up(offer, multicast())
            assert setup.group is not None
            playing.join(offer, setup.group)
            playing.take_datagrams(offer, 0)
        else:
            pair = playing.bind(offer)
            setup = await playing.dialogue.set_up(offer, datagrams(pair.port))
            playing.take_datagrams(offer, setup.server_port)
        playing.receptions[offer.track].newcomer.announced = setup.ssrc

    def _finish(self) -> None:
        """Hang up, and keep what was counted."""
        playing, self._playing = self._playing, None
        if playing is not None:
            playing.close()
            self._before = _sum(self._before, playing)
            self._epoch_number = playing.epoch_number


def _packets(playing: Playing) -> int:
    return sum(one.counts.packets for one in playing.receptions.values())


def _sum(before: Statistics, playing: Playing) -> Statistics:
    receptions = playing.receptions
    return Statistics(
        packets=before.packets + _packets(playing),
        bytes=before.bytes + playing.bytes,
        lost=before.lost + sum(one.counts.lost for one in receptions.values()),
        reordered=before.reordered + sum(one.counts.reordered for one in receptions.values()),
        damaged=before.damaged + playing.damaged,
        malformed=before.malformed + playing.malformed,
        foreign=before.foreign + playing.foreign + sum(one.counts.foreign for one in receptions.values()),
        discontinuities=before.discontinuities + playing.discontinuities,
        transport=playing.transport or before.transport,
        note=before.note,
    )
