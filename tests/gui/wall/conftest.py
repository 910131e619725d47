"""A wall with somebody in front of it."""

from dataclasses import replace

import pytest

from gui.wall.page import Wall
from gui.wall.pictures import Pictures
from recorder.client.status import DiskState, DiskStatus, MediaStatus, StreamState, StreamStatus
from recorder.client.stream import StreamName
from tests.gui.doubles import NOW, FakeDecode, FakeDoors, FakeFeed, Hand

DISK = DiskStatus("Disk 1", "a", DiskState.WRITABLE, NOW, "", 10_000_000_000, 3_000_000_000)


class WallInHand(Hand):
    """The wall on a screen, with decode, media and the rest of the screen played by the test."""

    def __init__(self, size=(1280, 720)):
        super().__init__(size)
        self.decode, self.feed, self.doors = FakeDecode(), FakeFeed(), FakeDoors()
        self.wall = Wall(Pictures(self.decode), self.feed, self.doors)

    def open(self, channels=(), **states):
        """Show the wall with these channels; states by `ch3=StreamState.OFF`."""
        self.tell(channels, **states)
        self.screen.navigator.push(self.wall)
        self.settle()
        return self

    def tell(self, channels=(), disks=(DISK,), **states):
        """What media says next."""
        streams = []
        for channel in channels:
            one = StreamStatus(
                channel,
                StreamName.MAIN,
                states.get(f"ch{channel}", StreamState.PLAYING),
                NOW - 28 * 60_000_000,
                tries=2,
                codec="h264",
                width=1920,
                height=1080,
                frames_per_s=15,
                recording=True,
            )
            streams += [one, replace(one, stream=StreamName.SUB, width=640, height=360)]
        names = {channel: f"Camera {channel}" for channel in channels}
        self.feed.latest = MediaStatus(NOW, 1, tuple(streams), disks, names)

    def refresh(self):
        """Media woke the screen."""
        self.wall.refresh()
        self.settle()

    def show_pictures(self, colour=(60, 90, 120)):
        """Decode has a picture for each tile, and the screen looks."""
        self.decode.pictures(colour)
        self.wait(0.04)

    def tile(self, channel):
        return next(tile for tile in self.wall.tiles if tile.channel == channel)

    @property
    def channels(self):
        return [tile.channel for tile in self.wall.tiles]


@pytest.fixture
def at_wall():
    return WallInHand()
