"""The playback page with somebody in front of it, and a recorder that remembers two days."""

import pytest

from gui.playback.page import Playback
from gui.toolkit.page import Page
from gui.wall.pictures import Pictures
from recorder.client.views import PlayState
from tests.gui.doubles import NOW, FakeApi, FakeDecode, FakeDoors, Hand

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
MIDNIGHT = NOW - NOW % (24 * HOUR)
NAMES = {1: "Front door", 2: "Drive", 3: "Yard", 4: "Garage", 5: "Till"}


class PlaybackInHand(Hand):
    """Playback above a wall, with decode, the API and the rest of the screen played by the test."""

    def __init__(self, size=(1280, 720), worker=None):
        super().__init__(size, worker=worker)
        self.decode, self.api, self.doors = FakeDecode(), FakeApi(dict(NAMES)), FakeDoors()
        self.pictures = Pictures(self.decode)
        self.noted = []
        self.screen.navigator.push(Page(name="below"))

    def record(self):
        """Today from 1 to 13 h (Drive from 8 h), with an alarm; yesterday from 20 to 24 h."""
        for channel in NAMES:
            first = 8 if channel == 2 else 1
            self.api.record(channel, MIDNIGHT + first * HOUR, MIDNIGHT + 13 * HOUR, "general", 13_000_000_000)
            self.api.record(channel, MIDNIGHT - 4 * HOUR, MIDNIGHT, "motion", 4_000_000_000)
        self.api.record(1, MIDNIGHT + 9 * HOUR, MIDNIGHT + 9 * HOUR + MINUTE, "alarm", 1_000_000)
        return self

    def open(self, channel=None, at_us=None):
        channels = () if channel is None else (channel,)
        self.page = Playback(self.pictures, self.api, self.doors, channels, at_us, self.noted.append)
        self.screen.navigator.push(self.page)
        self.settle()
        self.settle()
        return self

    @property
    def session(self):
        return self.decode.sessions.get(self.page.player._session)

    @property
    def orders(self):
        return self.session.orders

    def tell(self, at_us, state=PlayState.PLAYING, speed=1.0):
        """Decode tells where it is, and the screen looks."""
        self.decode.at(self.page.player._session, at_us, state, speed)
        self.wait(0.04)

    def show_pictures(self, colour=(60, 90, 120)):
        self.decode.pictures(colour, self.page.player.at_us)
        self.wait(0.04)


@pytest.fixture
def player():
    return PlaybackInHand().record()


@pytest.fixture
def empty_player():
    return PlaybackInHand()
