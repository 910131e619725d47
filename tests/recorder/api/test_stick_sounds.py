"""The sound of a voice file from a USB stick of the simulated board: found, taken, played by its card."""

import hashlib

import pytest

from hal.simulated.pocket import Pocket
from recorder.client.unix_http import ApiError
from recorder.control.wav import Clip
from tests.recorder.api.conftest import running_hal
from tests.recorder.api.served import wait_for


@pytest.fixture
def site(served):
    with running_hal(served.instance, "--world", str(served.instance.data)) as served.hal:
        wait_for(lambda: served.control.hardware.follower.connected)
        yield served


def card(site):
    return next(one for one in site.hal.devices() if one.kind == "sound")


@pytest.mark.covers("D-AUD-01")
def test_the_sound_of_a_voice_file_is_taken_from_a_stick_and_played(site):
    gong, owner = Clip(8000, 1, bytes([7, 1]) * 8000), site.owner
    Pocket(site.instance.data).put("KEYS", "gong.wav", bytes(gong), begins=True)
    assert owner.found_sounds() == []
    site.hal.simulate("usb_port", "USB1", "insert", label="KEYS")
    (found,) = wait_for(owner.found_sounds)
    assert (found.name, found.stick, found.problem) == ("gong.wav", "KEYS", "")
    with pytest.raises(ApiError) as refused:
        owner.take_voice("gong", "0" * 12)
    assert refused.value.http_status == 404
    taken = owner.take_voice("gong", found.id)
    assert (taken.length_s, taken.rate_hz, taken.channels) == (1.0, 8000, 1)
    owner.run_action("voice-file", "play", item="gong")
    wait_for(lambda: card(site).clip == hashlib.sha256(gong.samples).hexdigest())
    assert [one.item for one in owner.audit(page="voice-file") if one.field == "sound"] == ["gong"]
    site.hal.simulate("usb_port", "USB1", "pull")
    wait_for(lambda: not owner.found_sounds())


@pytest.mark.covers("D-AUD-02")
def test_an_announcement_is_heard_in_its_minute(site):
    gong, owner = Clip(8000, 1, bytes([9, 1]) * 800), site.owner
    owner.put_voice("gong", bytes(gong))
    always = {"days": [[{"start_min": 0, "end_min": 1440, "types": ["played"]}]] * 7}
    owner.set_page("announcement", {"voice_file": "gong", "week": always, "every_min": 1}, item="1")
    site.clock.advance(60)
    wait_for(lambda: card(site).clip == hashlib.sha256(gong.samples).hexdigest())
