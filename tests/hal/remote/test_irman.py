import pytest

from hal.drivers.remote.irman import Irman
from hal.errors import BadAnswer, Offline
from hal.kinds.key import KeyAction
from hal.kinds.remote import RemoteKey
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.remote import RemoteContract

CODES = {RemoteKey.OK: "3e0100000000", RemoteKey.SEVEN: "3e0700ff0000"}


class Receiver:
    """An Irman at the other end of a line."""

    def __init__(self):
        self.waiting = b""
        self.written = []
        self.greeting = b"OK"

    def write(self, data):
        self.written.append(data)
        if b"".join(self.written[-2:]) == b"IR":
            self.waiting += self.greeting

    def read(self, size, timeout_s):
        del timeout_s
        taken, self.waiting = self.waiting[:size], self.waiting[size:]
        return taken

    def fileno(self):
        return 0

    def close(self):
        pass


class IrmanRig(Rig):
    def __init__(self):
        self.now_s = 5.0
        self.receiver = Receiver()
        self.slept = []
        machine = Machine(serial=self.serial, monotonic_s=lambda: self.now_s, sleep_s=self.slept.append)
        super().__init__(Irman("IR", machine, "ttyS1", CODES))
        self.events = []
        self.gone = False
        self.device.hear(self.events.append)

    def serial(self, path, settings):
        assert (str(path), settings.baud) == ("/dev/ttyS1", 9600)
        if self.gone:
            raise Offline("no such port")
        return self.receiver

    def lose(self):
        self.gone = True

    def press(self, key):
        for _telegram in range(3):
            self.receiver.waiting += bytes.fromhex(CODES[key])
            self.device.readable()
            self.now_s += 0.11

    def release(self, key):
        del key
        self.now_s += 0.25
        self.device.poll()

    def heard(self):
        return [(event.key, event.action) for event in self.events]


@pytest.fixture
def rig():
    return IrmanRig()


class TestIrman(RemoteContract):
    @pytest.fixture
    def rig(self, rig):
        return rig


def test_the_greeting_has_a_pause_in_it(rig):
    rig.device.open()
    assert rig.receiver.written == [b"I", b"R"]
    assert rig.slept[0] >= 0.0005


def test_what_is_no_irman_is_told_with_its_bytes(rig):
    rig.receiver.greeting = b"\xff\x00"
    with pytest.raises(BadAnswer, match="ff 00"):
        rig.device.open()


def test_a_lost_byte_loses_one_telegram_and_not_all_that_follow(rig):
    rig.device.open()
    rig.receiver.waiting = bytes.fromhex(CODES[RemoteKey.OK])[1:] + bytes.fromhex(CODES[RemoteKey.SEVEN])
    rig.device.readable()
    assert rig.heard() == [(RemoteKey.SEVEN, KeyAction.PRESSED)]


def test_a_key_is_held_while_its_telegrams_come(rig):
    rig.device.open()
    rig.press(RemoteKey.OK)
    rig.now_s -= 0.11
    rig.device.poll()
    assert rig.heard() == [(RemoteKey.OK, KeyAction.PRESSED)]
    assert rig.device.wanted_s == pytest.approx(rig.now_s + 0.25)
