"""Cameras that cannot be reached, and cameras that answer without a picture, as media sees it (D-ALM-07, D-ALM-10)."""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass

from recorder.client.clock import SECOND_US
from recorder.client.status import MediaStatus, StreamState, StreamStatus
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.events.around import Around
from recorder.events.engine import Engine, Found
from recorder.events.linkages.message import on_screen
from recorder.events.linkages.restart import RestartOptions
from recorder.events.power_return import STARTING_US
from recorder.events.rule import Rule
from recorder.events.source import Source
from recorder.settings.page import setting
from recorder.settings.scope import Scope

LOOK_S = 1.0
LONGEST_PATIENCE_S = 3600
NO_ANSWER = frozenset({StreamState.UNREACHABLE})
NO_PICTURE = frozenset(
    {
        StreamState.STALLED,
        StreamState.WRONG_PASSWORD,
        StreamState.NOT_FOUND,
        StreamState.UNSUPPORTED,
        StreamState.CERTIFICATE_CHANGED,
        StreamState.FAULTY,
    }
)
_WHY: dict[StreamState, str] = {
    StreamState.STALLED: _("it sends nothing any more"),
    StreamState.WRONG_PASSWORD: _("it does not take user and password"),
    StreamState.NOT_FOUND: _("it knows no stream of this address"),
    StreamState.UNSUPPORTED: _("it sends nothing that can be recorded"),
    StreamState.CERTIFICATE_CHANGED: _("it shows another certificate than before"),
    StreamState.FAULTY: _("what it sends makes no sense"),
}


class CameraOffline(RestartOptions, Rule, scope=Scope.CHANNEL, order=210, title=_("Camera offline")):
    """The recorder cannot reach the camera."""

    message: bool = on_screen()

    after_s: int = setting(
        30, ge=1, le=LONGEST_PATIENCE_S, title=_("Offline for"), unit="s", hint=_("Shorter breaks raise no event.")
    )


class VideoLoss(Rule, scope=Scope.CHANNEL, order=215, title=_("Video loss")):
    """The camera answers, and no picture comes."""

    after_s: int = setting(
        10,
        ge=1,
        le=LONGEST_PATIENCE_S,
        title=_("Without picture for"),
        unit="s",
        hint=_("Shorter breaks raise no event."),
    )


@dataclass
class _Fault:
    state: StreamState
    since_us: int
    """Monotonic."""
    reason: str


class PictureFaults:
    """Which main streams give no picture, since when, and why; a try in between does not change it."""

    def __init__(self) -> None:
        self._faults: dict[int, _Fault] = {}

    def follow(self, status: MediaStatus, monotonic_us: int) -> None:
        """Take what media tells."""
        wanted = {one.channel: one for one in status.streams if one.stream is StreamName.MAIN}
        for channel in self._faults.keys() - wanted.keys():
            del self._faults[channel]
        for channel, one in wanted.items():
            self._look(channel, one, monotonic_us)

    def _look(self, channel: int, one: StreamStatus, monotonic_us: int) -> None:
        known = self._faults.get(channel)
        if one.state in {StreamState.PLAYING, StreamState.OFF}:
            self._faults.pop(channel, None)
        elif one.state not in NO_ANSWER | NO_PICTURE:
            pass  # It is being tried again.
        elif known is None or (known.state in NO_ANSWER) is not (one.state in NO_ANSWER):
            self._faults[channel] = _Fault(one.state, monotonic_us, one.reason)
        else:
            known.state, known.reason = one.state, one.reason

    def lasting(self, states: frozenset[StreamState]) -> dict[int, _Fault]:
        """The channels whose fault is one of these."""
        return {channel: one for channel, one in self._faults.items() if one.state in states}


class _PictureSource(Source, ABC):
    """Looks once a second; says nothing while media does not answer, nor while cameras start."""

    states: frozenset[StreamState]

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        self._faults = PictureFaults()
        self._began_us = around.clock.monotonic_us()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Tell what is so now."""
        media, now_us = self.around.media(), self.around.clock.monotonic_us()
        if media is None:
            return
        self._faults.follow(media, now_us)
        if now_us - self._began_us < STARTING_US:
            return
        self.engine.now(
            self.rule,
            {
                (str(channel), ""): Found(self.words(_name(media, channel), one), channel, {"reason": one.reason})
                for channel, one in self._faults.lasting(self.states).items()
                if now_us - one.since_us >= self._patience_us(channel)
            },
        )

    def _patience_us(self, channel: int) -> int:
        page = self.engine.rules.get(self.rule, str(channel))
        return page.after_s * SECOND_US if isinstance(page, CameraOffline | VideoLoss) else 0

    @abstractmethod
    def words(self, name: str, fault: _Fault) -> str:
        """What people read."""


class CamerasOffline(_PictureSource):
    """Cameras that do not answer."""

    rule = CameraOffline
    states = NO_ANSWER

    def words(self, name: str, fault: _Fault) -> str:
        """What people read."""
        del fault
        return _("{name} cannot be reached. Check its power and its cable.").format(name=name)


class VideoLosses(_PictureSource):
    """Cameras without a picture."""

    rule = VideoLoss
    states = NO_PICTURE

    def words(self, name: str, fault: _Fault) -> str:
        """What people read."""
        return _("{name} gives no picture: {why}.").format(name=name, why=_WHY[fault.state])


def _name(media: MediaStatus, channel: int) -> str:
    return media.names.get(channel) or _("Camera {number}").format(number=channel)
