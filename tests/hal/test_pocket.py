"""The simulated sticks: what is on one goes with it, and a name leads nowhere else."""

import pytest

from hal.errors import HalError, Refused
from hal.machine import Machine
from hal.simulated.pocket import Pocket
from hal.simulated.usb_port import SimulatedUsbPort


@pytest.fixture
def port(tmp_path):
    port = SimulatedUsbPort("USB1", Machine(world={"pocket": Pocket(tmp_path)}))
    port.open()
    return port


def files(port):
    return [(one.label, one.port, [(file.name, file.bytes) for file in one.files]) for one in port.sticks()]


def test_what_the_recorder_wrote_on_a_stick_is_on_it_when_it_is_pulled(port, tmp_path):
    port.insert()
    place = tmp_path / "media" / "USB1" / "STICK-1"
    (place / "clip.mp4").write_bytes(b"video")
    port.pull()
    assert not place.exists()
    assert files(port) == [("STICK-1", "", [("clip.mp4", 5)])]
    assert port.read(label="STICK-1", file="clip.mp4", offset=2, most=10) == b"deo"
    port.insert(label="STICK-1")
    assert (place / "clip.mp4").read_bytes() == b"video"


def test_a_file_is_put_on_a_stick_in_parts_and_in_folders(port):
    port.put(label="FIRMWARE", file="bundles/new.raucb", content=b"one")
    port.put(label="FIRMWARE", file="bundles/new.raucb", content=b"two", begins=False)
    assert files(port) == [("FIRMWARE", "", [("bundles/new.raucb", 6)])]
    port.put(label="FIRMWARE", file="bundles/new.raucb", content=b"anew")
    assert port.read(label="FIRMWARE", file="bundles/new.raucb", most=10) == b"anew"


def test_a_stick_that_is_in_stays_in_over_a_restart(port, tmp_path):
    port.insert()
    again = SimulatedUsbPort("USB1", Machine(world={"pocket": Pocket(tmp_path)}))
    again.open()
    assert again.state.label == "STICK-1"


def test_two_sticks_do_not_fit_in_a_port(port):
    port.insert()
    with pytest.raises(Refused):
        port.insert()


def test_nothing_is_put_on_a_stick_that_is_in_the_recorder(port):
    port.insert()
    with pytest.raises(Refused):
        port.put(label="STICK-1", file="late.txt", content=b"late")


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../escape", "a/../../b", "a\nb", "x" * 256, "/".join("abcdefghi")]
)
def test_a_name_that_leads_away_from_the_stick_is_refused(port, name):
    with pytest.raises(HalError):
        port.put(label="KEYS", file=name, content=b"")
    port.put(label="KEYS", file="good", content=b"")
    with pytest.raises(HalError):
        port.read(label="KEYS", file=name, most=1)


@pytest.mark.parametrize("label", ["", "..", "a/b", "twelve-chars", "ä"])
def test_a_stick_with_another_kind_of_name_is_refused(port, label):
    with pytest.raises(HalError):
        port.put(label=label, file="good", content=b"")
    with pytest.raises(HalError):
        port.read(label=label, file="good", most=1)


def test_a_link_on_a_stick_is_not_followed(port, tmp_path):
    (tmp_path / "secret").write_text("secret")
    port.insert()
    (tmp_path / "media" / "USB1" / "STICK-1" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(HalError):
        port.read(label="STICK-1", file="link", most=10)
