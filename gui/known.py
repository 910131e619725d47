"""What the rest of the screen knows of the recorder, as control and this machine tell it."""

import time
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from socket import AF_INET

import psutil

from gui.control_feed import ControlFeed
from gui.memory import Memory
from gui.session import Session
from gui.toolkit.screen import Screen
from gui.wall.pictures import Pictures
from recorder.client.answers import StickStatus, TileButton
from recorder.client.api import ApiClient
from recorder.client.instance import Instance
from recorder.client.words import _

NETWORK_S = 5.0
"""How long the address that is shown may be old."""


class Known:
    """One screen with all that stands behind it."""

    def __init__(
        self,
        screen: Screen,
        session: Session,
        feed: ControlFeed,
        instance: Instance,
        pictures: Pictures,
        memory: Memory | None = None,
    ) -> None:
        """With a `memory`, playback that was open when the screen's process ended is returned to after a login."""
        self.screen = screen
        self.session = session
        self.feed = feed
        self.instance = instance
        self.pictures = pictures
        self.memory = memory
        self._network = ("", 0.0)
        self.begin()

    def begin(self) -> None:
        """Set up what a subclass adds, which calls ours first."""

    @property
    def api(self) -> ApiClient:
        """The API, with the token of who is logged in."""
        return self.session.api

    @property
    def name(self) -> str:
        """What the recorder is called."""
        return self.feed.latest.name if self.feed.latest is not None else ""

    @property
    def ports(self) -> dict[int, str]:
        """What is seen of cameras at the recorder's own ports, by channel."""
        told = self.feed.latest
        return {one.channel: one.words for one in told.seats} if told is not None else {}

    @property
    def sticks(self) -> Sequence[StickStatus]:
        """The USB sticks that are in."""
        return self.feed.latest.sticks if self.feed.latest is not None else ()

    @property
    def buttons(self) -> Sequence[TileButton]:
        """The buttons of tiles."""
        return self.feed.latest.buttons if self.feed.latest is not None else ()

    @property
    def hidden(self) -> frozenset[int]:
        """The channels that are not shown to who stands before the screen (D-SYS-06, D-RULE-40).

        While control does not answer it is as it last was, so that nothing comes into sight by a restart.
        """
        if self.session.hidden is not None:
            return self.session.hidden
        if self.feed.latest is None:
            return frozenset(self.memory.known.hidden) if self.memory is not None else frozenset()
        return frozenset(self.feed.latest.hidden)

    @property
    def domes(self) -> frozenset[int]:
        """The channels whose cameras turn."""
        return frozenset(self.feed.latest.domes) if self.feed.latest is not None else frozenset()

    @property
    def wall_mains(self) -> frozenset[int]:
        """The channels whose main stream the wall takes however small its tiles are."""
        return frozenset(self.feed.latest.wall_mains) if self.feed.latest is not None else frozenset()

    @property
    def zone(self) -> tzinfo:
        """The zone of the recorder."""
        return self.feed.zone

    @property
    def control_lost_since_us(self) -> int | None:
        """Since when control does not answer."""
        return self.feed.lost_since_us

    @property
    def unrecorded_since_us(self) -> int | None:
        """Since when nothing is recorded though cameras are to be."""
        return self.feed.latest.unrecorded_since_us if self.feed.latest is not None else None

    @property
    def simulation(self) -> bool:
        """Whether simulated cameras can be tried."""
        return self.feed.latest is not None and self.feed.latest.simulation

    @property
    def exports(self) -> Path:
        """Where exports go unless another folder is chosen."""
        return self.instance.exports

    @property
    def network(self) -> str:
        """The address of this machine, in a line."""
        words, at = self._network
        now = time.monotonic()
        if not at or now - at > NETWORK_S:
            words = _network_line()
            self._network = words, now
        return words


def _network_line() -> str:
    try:
        up = {name for name, one in psutil.net_if_stats().items() if one.isup}
        found = [
            one.address
            for name, addresses in sorted(psutil.net_if_addrs().items())
            for one in addresses
            if name in up and one.family == AF_INET and not one.address.startswith("127.")
        ]
    except OSError:
        return ""
    return _("Network: {address}").format(address=found[0]) if found else _("No network")
