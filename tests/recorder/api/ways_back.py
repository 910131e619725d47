"""The two ways back in for who stands before the recorder, as tests go them: the reset key, and the recovery stick."""

import os

import pytest

from hal.client.kinds import KeyAction, KeyEvent
from recorder.accounts.recovery_stick import NAME
from recorder.client.answers import StickStatus
from recorder.client.api import ApiError
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.user import User
from recorder.settings.pages.user_group import ADMINISTRATORS
from recorder.settings.settings import Author
from tests.recorder.api.served import PASSWORD, Served

ME = Author("admin", "test")
NEW = "found it again"
GUARD = "eleven guards"
FILE = os.fsdecode(NAME)


class Ports:
    """The recorder's USB ports, as `Sticks` tells of them: a folder for each stick."""

    def __init__(self, place):
        self.place = place
        self.sticks = ()
        self.opened = []

    def push(self, label, port="USB1"):
        folder = self.place / label
        folder.mkdir(parents=True, exist_ok=True)
        self.sticks = (*self.sticks, StickStatus(port, label, str(folder), 8 << 30, 4 << 30))
        return folder

    def pull(self):
        self.sticks = ()

    def open_for_writing(self, named):
        self.opened.append(named)


class Key:
    """The reset key of the case."""

    name, setting, refusal = "key", "reset_key", "KeyNotHeld"

    @staticmethod
    def ready(house):
        """Have the way open."""
        hold(house)

    @staticmethod
    def is_open(client):
        return client.reset_key().left_s > 0

    @staticmethod
    def back(client, user="admin", password=NEW):
        return lambda: client.recover(user, password, key=True)


class Stick:
    """The recovery stick, which an administrator has made."""

    name, setting, refusal = "stick", "recovery_stick", "StickNotIn"

    @staticmethod
    def ready(house):
        make(house)

    @staticmethod
    def is_open(client):
        return client.recovery_stick().fits

    @staticmethod
    def back(client, user="admin", password=NEW):
        return lambda: client.recover(user, password, stick=True)


def recorder(data):
    served = Served(data)
    served.ports = Ports(data.parent / "sticks")
    return served


def settle(served):
    """An administrator who is going to forget his password, another one, a guard, and one camera."""
    served.set_up()
    served.control.recovery_stick._sticks = served.ports
    settings = served.control.settings
    settings.change(Channel, {"url": "rtsp://10.0.0.7/a"}, ME, item="1")
    for name, group in (("guard", "user"), ("anna", ADMINISTRATORS)):
        settings.change(User, {"group": group}, ME, item=name)
        served.control.accounts.passwords.set_password(name, GUARD, ME, must_change=False)
    return served


def refused(work):
    with pytest.raises(ApiError) as error:
        work()
    return error.value.code


def hold(house, key="reset", action=KeyAction.HELD):
    """Do something with a key of the case."""
    event = KeyEvent("FRONT", key=key, action=action)

    async def tell():
        house.control.machinery.news._heard(event, None)

    house.run(tell())


def make(house, label="KEYS"):
    """Give the folder of a stick that an administrator has made the recovery stick."""
    folder = house.ports.push(label)
    assert house.admin("screen").make_recovery_stick("USB1", PASSWORD).stick == label
    return folder
