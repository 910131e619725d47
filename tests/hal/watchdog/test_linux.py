import struct

import pytest

from hal.drivers.watchdog import linux
from hal.drivers.watchdog.linux import LinuxWatchdog
from hal.drivers.watchdog.system import SystemWatchdog
from hal.errors import Offline, Unsupported
from hal.machine import Machine
from tests.hal.contracts.device import DeviceContract, Rig
from tests.hal.contracts.watchdog import WatchdogContract


class Kernel(Rig):
    """The requests of linux/watchdog.h as the kernel keeps them; the numbers stand here as literals."""

    def __init__(self, root, monkeypatch):
        self.sys, self.dev = root / "sys", root / "dev"
        self.folder = self.sys / "class/watchdog/watchdog0"
        self.folder.mkdir(parents=True)
        self.dev.mkdir()
        (self.dev / "watchdog0").touch()
        (self.folder / "bootstatus").write_text("32\n")
        self.left_s = self.timeout_s = None
        self.may_stop = True
        monkeypatch.setattr(linux.fcntl, "ioctl", self.ioctl)
        super().__init__(LinuxWatchdog("WD", Machine(sys=self.sys, dev=self.dev)))

    def ioctl(self, _file, request, argument):
        if request == 0xC0045706:
            (asked,) = struct.unpack("i", argument)
            self.timeout_s = self.left_s = max(asked, 10)
            return struct.pack("i", self.timeout_s)
        if request == 0x80045705:
            self.left_s = self.timeout_s
            return 0
        assert (request, argument) == (0x80045704, struct.pack("i", 1))
        if not self.may_stop:
            raise OSError(22, "Invalid argument")
        self.left_s = None
        return argument

    def wait(self, seconds):
        if self.left_s is not None:
            self.left_s -= seconds

    def bites(self):
        return self.left_s is not None and self.left_s <= 0

    def lose(self):
        (self.dev / "watchdog0").unlink()


@pytest.fixture
def rig(tmp_path, monkeypatch):
    return Kernel(tmp_path, monkeypatch)


class TestLinux(WatchdogContract):
    def test_the_time_that_the_hardware_took_is_told(self, rig):
        rig.device.open()
        assert rig.device.arm(timeout_s=5) == rig.device.state.timeout_s == 10

    def test_the_last_reset_was_its_own(self, rig):
        rig.device.open()
        assert rig.device.state.bit_last_boot

    def test_one_that_cannot_be_stopped_says_so_and_stays_armed(self, rig):
        rig.may_stop = False
        rig.device.open()
        rig.device.arm(timeout_s=30)
        with pytest.raises(Unsupported, match="must be fed"):
            rig.device.disarm()
        assert rig.device.state.armed

    def test_stopping_writes_the_magic_letter(self, rig):
        rig.device.open()
        rig.device.arm(timeout_s=30)
        rig.device.disarm()
        assert (rig.dev / "watchdog0").read_bytes() == b"V"


class System(Kernel):
    def __init__(self, root, monkeypatch):
        super().__init__(root, monkeypatch)
        for name, text in {"state": "active", "timeout": "30", "identity": "iTCO_wdt"}.items():
            (self.folder / name).write_text(text + "\n")
        Rig.__init__(self, SystemWatchdog("WD", Machine(sys=self.sys)))

    def lose(self):
        for left in self.folder.iterdir():
            left.unlink()
        self.folder.rmdir()


class TestSystem(DeviceContract):
    @pytest.fixture
    def rig(self, tmp_path, monkeypatch):
        return System(tmp_path, monkeypatch)

    def test_what_the_system_feeds_is_looked_at_and_left_alone(self, rig):
        rig.device.open()
        assert (rig.device.state.armed, rig.device.state.timeout_s, rig.device.model) == (True, 30, "iTCO_wdt")
        with pytest.raises(Unsupported, match="RuntimeWatchdogSec"):
            rig.device.feed()

    def test_a_time_that_is_no_number_makes_it_offline(self, rig):
        (rig.folder / "timeout").write_text("soon\n")
        with pytest.raises(Offline, match="timeout is no number"):
            rig.device.open()
