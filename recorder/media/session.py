"""Keeping one stream of a camera connected: try, play, wait, try again, and say at any time how it stands."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.recording import GapReason
from recorder.client.status import StreamState, StreamStatus
from recorder.client.words import _
from recorder.media.account import MOST_REFUSALS, Account, AccountKey, Accounts, Login, LoginRefused, SiblingUnreachable
from recorder.media.backoff import PROVEN_AFTER_S, Backoff, Pacer
from recorder.media.certificates import Certificates, CertificatesOf
from recorder.media.feed import Feed
from recorder.media.plan import StreamPlan
from recorder.rtsp import errors
from recorder.rtsp.client import RtspSource, Statistics
from recorder.rtsp.intake import Intake

log = logging.getLogger(__name__)

DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}
CLOSE_WITHIN_S = 1.0
# Whatever is wrong with a camera is told within 10 s.
HANDSHAKE_S = 5.0
# A stream that nobody watches is read calmly once it has played so long, so that its times are true from the start,
CALM_AFTER_US = 5 * SECOND_US
# and while it sends no more than this: beyond, a camera could have to wait for us to make room.
CALM_BITS_PER_S = 8_000_000

_STATES: dict[type[NightjarError], StreamState] = {
    errors.Unreachable: StreamState.UNREACHABLE,
    errors.Closed: StreamState.UNREACHABLE,
    errors.Stalled: StreamState.STALLED,
    errors.WrongPassword: StreamState.WRONG_PASSWORD,
    errors.StreamNotFound: StreamState.NOT_FOUND,
    errors.Unsupported: StreamState.UNSUPPORTED,
    errors.CertificateChanged: StreamState.CERTIFICATE_CHANGED,
}


@dataclass(frozen=True)
class Surroundings:
    """What all sessions share."""

    clock: Clock
    accounts: Accounts
    pacer: Pacer
    intake: Intake
    """Reads all connections together."""
    certificates: Certificates
    changed: Callable[[], None]
    """Called when the state of a stream has changed."""


def account_key(plan: StreamPlan) -> AccountKey | None:
    """Give the login that a stream uses, or None where its URL makes no sense."""
    try:
        parts = urlsplit(plan.url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 554)
        return AccountKey(parts.hostname or "", port, plan.user or parts.username or "")
    except ValueError:
        return None


class Session:
    """The connection of one stream as the plan has it; another plan needs another session.

    `password` is None where the one of the plan cannot be read here; then nothing is tried.
    """

    def __init__(self, feed: Feed, plan: StreamPlan, password: str | None, around: Surroundings) -> None:
        self.plan = plan
        self._key = account_key(plan)
        self._password = password
        self._feed = feed
        self._around = around
        self._backoff = Backoff()
        self._state = StreamState.CONNECTING
        self._since_us = around.clock.now_us()
        self._reason = ""
        self._tries = 0
        self._next_try_us: int | None = None
        self._played_us: int | None = None
        self._source: RtspSource | None = None
        self._task: asyncio.Task[None] | None = None
        self._login: Login | None = None
        self._nobody = Account()
        self._hurry = asyncio.Event()

    def start(self) -> None:
        """Begin to try."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"session {self._feed.key}")

    async def stop(self) -> None:
        """Hang up; returns within about a second."""
        if self._source is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_WITHIN_S):
                    await self._source.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=CLOSE_WITHIN_S)

    def try_now(self) -> None:
        """End the pause before the next try. A password that was refused is not tried again by this."""
        self._hurry.set()

    def tick(self) -> None:
        """Once a second: renew rates, and say what a connection lacks."""
        self._feed.meter.tick()
        if self._source is not None and self._state is not StreamState.PLAYING and (lacks := self._source.lacks):
            self._next_try_us = None
            self._enter(StreamState.STALLED, lacks)
        if self._state is StreamState.PLAYING and self._source is not None:
            self._feed.learn_rate(self._source)
            if self._may_be_calm():
                self._source.calm()
            else:
                self._source.rouse()
        if self._feed.recording is not None:
            self._feed.recording.note_hole()

    def status(self) -> StreamStatus:
        """Say how the stream stands."""
        feed, meter = self._feed, self._feed.meter
        counts = self._source.statistics if self._source is not None else Statistics()
        playing = self._state is StreamState.PLAYING
        return StreamStatus(
            channel=feed.key.channel,
            stream=feed.key.stream,
            state=self._state,
            since_us=self._since_us,
            reason=self._reason,
            tries=self._tries,
            next_try_us=self._next_try_us,
            codec=feed.codec,
            width=feed.width,
            height=feed.height,
            frames_per_s=meter.frames_per_s if playing else 0.0,
            bits_per_s=meter.bits_per_s if playing else 0,
            packets=counts.packets,
            lost_packets=counts.lost,
            damaged_samples=counts.damaged,
            malformed=counts.malformed,
            recording=feed.recording is not None and feed.recording.reaches_disk,
            ring_bytes=feed.ring.bytes,
            transport=counts.transport,
            clock_off_us=feed.camera_off_us if playing else None,
            certificate=self._around.certificates.of(self._key.host, self._key.port) if self._key else "",
        )

    async def _run(self) -> None:
        key = self._key
        if key is None:
            self._failed(StreamState.FAULTY, _("the address is not a URL"), None)
            return
        if self._password is None:
            self._failed(StreamState.WRONG_PASSWORD, _("the stored password cannot be read on this recorder"), None)
            return
        while True:
            await self._around.pacer.turn()
            failure = await self._try(key, self._password)
            self._feed.end()
            if failure is None:
                return
            state, reason, why = failure
            if self._played_us is not None:
                played_s = (self._around.clock.monotonic_us() - self._played_us) / SECOND_US
                if played_s >= PROVEN_AFTER_S:
                    self._backoff.reset()
                self._played_us = None
            if state is StreamState.WRONG_PASSWORD and self._tries >= MOST_REFUSALS:
                self._failed(state, reason, None, why)
                return
            pause_s = self._backoff.pause_s()
            self._failed(state, reason, pause_s, why)
            self._hurry.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._hurry.wait()

    async def _try(self, key: AccountKey, password: str) -> tuple[StreamState, str, GapReason] | None:
        """Connect and play until it fails; gives the state that follows, None when it was told to end."""
        # Without a user there is no login that could lock: such streams need not wait for each other.
        account = self._around.accounts.account(key) if key.user else self._nobody
        login = account.login(password if self.plan.user else self.plan.url)
        offline = GapReason.CAMERA_OFFLINE
        try:
            async with login:
                self._feed.begin()
                self._feed.arrived = self._playing
                self._feed.watched = self._rouse
                self._login = login
                if self._source is None:
                    self._source = self._connectable(password)
                try:
                    await self._source.run()
                except errors.WrongPassword as error:
                    if not error.unsaid:
                        login.refused()
                    self._tries = account.refusals
                    return StreamState.WRONG_PASSWORD, error.reason, offline
                except errors.Unreachable as error:
                    login.unreachable(error.reason)
                    return StreamState.UNREACHABLE, error.reason, offline
                except errors.Closed as error:
                    return StreamState.UNREACHABLE, error.reason, GapReason.NETWORK_LOSS
        except errors.RtspError as error:
            return _STATES.get(type(error), StreamState.FAULTY), error.reason, offline
        except LoginRefused:
            self._tries = MOST_REFUSALS
            return StreamState.WRONG_PASSWORD, _("refused for another stream of this camera"), offline
        except SiblingUnreachable as error:
            return StreamState.UNREACHABLE, str(error), offline
        except Exception as error:
            # A camera must never be able to end its own session for good.
            log.exception("Stream %s failed in a way that nobody thought of", self._feed.key)
            return StreamState.FAULTY, type(error).__name__, offline
        return None

    def _connectable(self, password: str) -> RtspSource:
        return RtspSource(
            self.plan.url,
            self.plan.user,
            password,
            sink=self._feed,
            clock=self._around.clock,
            transport=self.plan.transport.value,
            epoch_number=self._feed.epoch_number,
            handshake_s=HANDSHAKE_S,
            intake=self._around.intake,
            let_in=self._let_in,
            trust=CertificatesOf(self._around.certificates, self.plan.certificate),
        )

    def _may_be_calm(self) -> bool:
        """Whether nobody minds when samples come a little later, and together."""
        played_us = self._around.clock.monotonic_us() - (self._played_us or 0)
        slow = self._feed.meter.bits_per_s <= CALM_BITS_PER_S
        return slow and not self._feed.watchers and played_us >= CALM_AFTER_US

    def _rouse(self) -> None:
        if self._source is not None:
            self._source.rouse()

    def _let_in(self) -> None:
        if self._login is not None:
            self._login.accepted()

    def _playing(self) -> None:
        self._played_us = self._around.clock.monotonic_us()
        self._tries = 0
        self._next_try_us = None
        self._enter(StreamState.PLAYING, self._source.statistics.note if self._source is not None else "")

    def _failed(
        self, state: StreamState, reason: str, pause_s: float | None, why: GapReason = GapReason.CAMERA_OFFLINE
    ) -> None:
        if state is not StreamState.WRONG_PASSWORD:
            self._tries += 1
        now = self._around.clock.now_us()
        self._next_try_us = None if pause_s is None else now + round(pause_s * SECOND_US)
        if self._feed.recording is not None:
            self._feed.recording.lost(why)
        self._enter(state, reason)

    def _enter(self, state: StreamState, reason: str) -> None:
        news = state is not self._state or reason != self._reason
        if state is not self._state:
            self._since_us = self._around.clock.now_us()
        self._state, self._reason = state, reason
        if news:
            log.info("Stream %s: %s%s", self._feed.key, state, f" ({reason})" if reason else "")
            self._around.changed()
