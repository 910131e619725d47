"""What the gate looks at: which channels record, whose camera takes a connection, the API, the hardware, the screen."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from hal.client.follower import Follower
from hal.client.kinds import DisplayState
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.status import MediaStatus
from recorder.client.unix_http import open_request
from recorder.media.plan import Plan
from recorder.update.gate import Seen

BEFORE_US = 600 * SECOND_US
"""A channel recorded before the update if it did within so long."""
CONNECT_S = 3.0
PROBE_US = 10 * SECOND_US
"""How often a camera that is not recorded is tried."""
DRAWN_US = 30 * SECOND_US
"""So long ago the screen may have said that it drew: it says so every ten seconds."""
API_S = 5.0
PORTS = {"rtsp": 554, "rtsps": 322}


class Watch:
    """Belongs to the event loop of control."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        hal: Follower,
        media: Callable[[], MediaStatus | None],
        plan: Callable[[], Plan],
    ) -> None:
        self._instance = instance
        self._clock = clock
        self._hal = hal
        self._media = media
        self._plan = plan
        self._recorded: dict[int, int] = {}
        self._answered: dict[int, tuple[int, bool]] = {}
        self._drawn_us: int | None = None
        self._since_us = clock.monotonic_us()

    @property
    def knows(self) -> bool:
        """Whether it has watched for so long that it knows which channels recorded lately."""
        return self._clock.monotonic_us() - self._since_us >= BEFORE_US

    def follow(self) -> None:
        """Remember which channels record now."""
        now_us = self._clock.monotonic_us()
        self._recorded.update(dict.fromkeys(self._recording(), now_us))

    @property
    def before(self) -> tuple[int, ...]:
        """The channels that recorded lately; any thread may ask."""
        least = self._clock.monotonic_us() - BEFORE_US
        return tuple(sorted(one for one, at_us in tuple(self._recorded.items()) if at_us >= least))

    @property
    def names(self) -> Mapping[int, str]:
        """What channels are called."""
        return {one.number: one.name for one in self._plan().channels}

    def drawn(self) -> None:
        """The screen says that it drew something."""
        self._drawn_us = self._clock.monotonic_us()

    async def look(self, before: frozenset[int]) -> Seen:
        """Look at all of it."""
        recording = self._recording()
        missing = sorted(before - recording)
        answers = await asyncio.gather(*(self._answers(one) for one in missing))
        now_us = self._clock.monotonic_us()
        return Seen(
            before=before,
            recording=recording,
            answering=frozenset(one for one, there in zip(missing, answers, strict=True) if there),
            api=await asyncio.to_thread(self._api),
            hardware=self._hal.connected and bool(self._hal.inventory),
            monitor=any(one.online and one.connected for one in self._hal.states(DisplayState)),
            drawn=self._drawn_us is not None and now_us - self._drawn_us <= DRAWN_US,
        )

    def _recording(self) -> frozenset[int]:
        media = self._media()
        return frozenset(one.channel for one in media.streams if one.recording) if media is not None else frozenset()

    async def _answers(self, channel: int) -> bool:
        """Say whether a camera takes a connection at all: that is asked without what is being judged."""
        at_us, there = self._answered.get(channel, (-PROBE_US, False))
        now_us = self._clock.monotonic_us()
        if now_us - at_us < PROBE_US:
            return there
        there = False
        urls = [one.streams[0].url for one in self._plan().channels if one.number == channel and one.streams]
        with contextlib.suppress(OSError, TimeoutError, ValueError, IndexError):
            parts = urlsplit(urls[0])
            port = parts.port or PORTS.get(parts.scheme, 554)
            async with asyncio.timeout(CONNECT_S):
                _reader, writer = await asyncio.open_connection(parts.hostname, port)
            writer.close()
            there = True
        self._answered[channel] = now_us, there
        return there

    def _api(self) -> bool:
        try:
            connection, answer = open_request(
                self._instance.socket("control"), "GET", "/api/v1/setup", None, {"Connection": "close"}, API_S
            )
        except NightjarError:
            return False
        with contextlib.closing(connection):
            return bool(answer.read())
