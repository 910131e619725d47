import contextlib
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.drivers.display.drm import DrmDisplay
from hal.errors import Offline
from hal.kinds.display import Mode
from hal.machine import Machine
from hal.protocols.edid import read_edid
from tests.hal.contracts.device import Rig
from tests.hal.contracts.display import DisplayContract

MODES = "1920x1080\n1920x1080i\n1280x1024\nnonsense\n1280x720\n"


def edid(name=b"Wall 24\n    ", timing=True):
    """A base block by the tables of E-EDID 1.4: maker DEL, 1920 by 1080 at 148.5 MHz, a name."""
    block = bytearray(128)
    block[:8] = bytes.fromhex("00ffffffffffff00")
    block[8:10] = bytes.fromhex("10ac")
    if timing:
        block[54:72] = bytes.fromhex("023a801871382d40582c4500") + bytes(6)
    block[72:90] = bytes.fromhex("000000fc00") + name.ljust(13)
    block[127] = -sum(block) % 256
    return bytes(block)


class Connector(Rig):
    def __init__(self, root):
        self.folder = root / "class/drm/card0-HDMI-A-1"
        self.folder.mkdir(parents=True)
        self.plug(plugged=True)
        super().__init__(DrmDisplay("HDMI1", Machine(sys=root), connector="card0-HDMI-A-1"))

    def plug(self, *, plugged):
        (self.folder / "status").write_text("connected\n" if plugged else "disconnected\n")
        (self.folder / "modes").write_text(MODES if plugged else "")
        (self.folder / "edid").write_bytes(edid() if plugged else b"")

    def lose(self):
        shutil.rmtree(self.folder)


@pytest.fixture
def rig(tmp_path):
    return Connector(tmp_path)


class TestDrm(DisplayContract):
    def test_a_monitor_tells_its_name_and_what_it_likes(self, rig):
        rig.device.open()
        state = rig.device.state
        assert (state.maker, state.model, state.preferred) == ("DEL", "Wall 24", Mode(1920, 1080))
        assert state.modes == (Mode(1920, 1080), Mode(1280, 1024), Mode(1280, 720))

    @pytest.mark.parametrize("block", [b"", b"\0" * 128, edid()[:100], edid()[:127] + b"\x01"])
    def test_a_monitor_whose_words_are_lost_is_still_used(self, rig, block):
        (rig.folder / "edid").write_bytes(block)
        rig.device.open()
        assert (rig.device.state.connected, rig.device.state.preferred) == (True, Mode(1920, 1080))

    @pytest.mark.parametrize("name", ["../../../etc", "card0-", "card0-HDMI/../x"])
    def test_a_foreign_path_is_no_connector(self, tmp_path, name):
        with pytest.raises(Offline, match="no such connector"):
            DrmDisplay("X", Machine(sys=tmp_path), connector=name).open()


def test_where_no_connector_is_named_the_one_with_a_monitor_is_told(tmp_path):
    ports = {name: Connector(tmp_path / name) for name in ("first", "second")}
    folder = tmp_path / "class/drm"
    folder.mkdir(parents=True)
    (folder / "version").write_text("drm 1.1.0")
    ports["first"].folder.rename(folder / "card0-HDMI-A-1")
    ports["second"].folder.rename(folder / "card1-DP-2")
    (folder / "card0-HDMI-A-1/status").write_text("disconnected\n")
    device = DrmDisplay("MONITOR", Machine(sys=tmp_path))
    device.open()
    assert (device.state.connected, device.state.model) == (True, "Wall 24")
    (folder / "card1-DP-2/status").write_text("disconnected\n")
    device.poll()
    assert (device.state.online, device.state.connected, device.state.model) == (True, False, "")


def test_a_machine_without_graphics_has_no_monitor_and_no_fault(tmp_path):
    device = DrmDisplay("MONITOR", Machine(sys=tmp_path))
    device.open()
    assert (device.state.online, device.state.connected) == (True, False)


def test_letters_that_cannot_be_shown_are_left_out():
    assert read_edid(edid(b"\x1b[2JTV\xff\x00\n")).model == "[2JTV"


@given(st.binary(max_size=256))
def test_any_bytes_give_a_monitor_or_a_reason(block):
    with contextlib.suppress(ValueError):
        assert read_edid(block).model.isprintable()


@given(st.binary(min_size=118, max_size=118))
def test_a_valid_block_with_any_content_is_read(middle):
    block = bytearray(bytes.fromhex("00ffffffffffff00") + middle + b"\0\0")
    block[127] = -sum(block[:127]) % 256
    told = read_edid(bytes(block))
    assert told.model.isprintable()
    assert all(0 <= pixels < 4096 for pixels in told.preferred)
