"""The rooms of the house on a fake control: real pages and dialogs, a plain wall below them."""

from datetime import UTC
from pathlib import Path

from gui.rooms import Rooms
from gui.toolkit.button import Button
from gui.toolkit.layout import Column
from gui.toolkit.page import Page
from gui.wall.manner import Manner
from gui.wall.pictures import Pictures
from recorder.client.answers import Status
from tests.gui.doubles import FakeDecode
from tests.gui.rig import FakeApi, FakeSession, Rig


class PlainWall(Page):
    def __init__(self):
        super().__init__(name="wall")

    def build(self):
        self.add(Column([Button("Live", name="live")]))


class FakeFeed:
    def __init__(self, *, needs_setup=False):
        self.latest = Status("0", "Nightjar", 0, "UTC", needs_setup, 1, 0, 0)
        self.lost_since_us = None
        self.zone = UTC
        self.manner = Manner()

    def look(self):
        pass


class FakeInstance:
    def __init__(self, data=Path("/nonexistent")):
        self.exports = data / "exports"


def house(size=(1280, 720), *, user="admin", needs_setup=False, data=Path("/nonexistent")):
    """Give rig, rooms and API, with a wall shown and somebody logged in."""
    rig = Rig(size)
    api = FakeApi()
    rooms = Rooms(
        rig.screen,
        FakeSession(api, user),
        FakeFeed(needs_setup=needs_setup),
        FakeInstance(data),
        Pictures(FakeDecode()),
    )
    rooms.session.screen = rig.screen
    rig.open(PlainWall())
    return rig, rooms, api
