"""After a power cut the recorder records again by itself, what was recorded is whole, and the screen tells of it."""

import json
import re
from datetime import UTC, datetime, timedelta

import pygame
import pytest

from tests.guest.stick import FIRST, Stick
from tests.image.desk import Desk
from tests.image.footage import spans
from tests.image.machine import BUILT
from tests.image.screen import words

LOST = timedelta(seconds=20)
"""What a cut may take of a stream is 5 s of its writer's time, which tests/guest holds it to; a machine that emulates
another one beside others gives it less than that."""
OWN = ("esp", "env", "kernel-a", "system-a", "kernel-b", "system-b", "rescue", "config", "data")
SECTORS = 8192
TOLD = r"No power .+\. (None of 4 records yet|\d of 4 records? since \d\d:\d\d:\d\d)\. \d+\.\d s lost\."


@pytest.mark.covers("D-PWR-03")
def test_after_a_power_cut_it_records_again_tells_of_it_and_the_footage_is_whole(recorder, footage):
    before = {channel: spans(recorder, channel) for channel in range(1, 5)}
    recorder.left_in.append(footage)
    recorder.kill()
    recorder.inserted = called_the_same(recorder)
    recorder.start()
    desk = Desk(recorder)
    sheet = desk.screen.until(told, "what is told of the power")
    pygame.image.save(desk.monitor.picture(), str(BUILT / "power-was-gone.png"))
    assert re.fullmatch(TOLD, told(sheet)), told(sheet)
    for channel, earlier in before.items():
        newest = times(earlier[-1])[1] + LOST
        said = recorder.until(
            "spans", "--channel", str(channel), "--json", wanted=lambda told, newest=newest: ends(told) > newest
        )
        now = [times(one) for one in json.loads(said)]
        for start, end in map(times, earlier):
            assert any(first <= start and last >= end - LOST for first, last in now), (now, earlier)
    (disk,) = json.loads(recorder.nightjar("store", "check", "--json"))
    assert disk["samples"] > 0
    assert disk["damage"] == []
    desk.monitor.press("ret")
    desk.screen.until(lambda tree: len(tree["pages"]) == 1, "the wall")


@pytest.mark.usefixtures("footage")
def test_a_stick_whose_partitions_are_called_like_the_recorder_s_own_is_not_taken_for_its_disk(recorder):
    """It was in when the power came back."""
    assert set(recorder.run("lsblk --noheadings --list -o PARTLABEL /dev/disk/by-id/usb-*-0:0").split()) == set(OWN)
    for place in ("/config", "/var", "/boot/env"):
        assert recorder.run(f"findmnt --noheadings -o SOURCE {place}").startswith("/dev/vda"), place
    assert {recorder.run(f"readlink -f /dev/disk/nightjar/{label}").strip()[:-1] for label in OWN} == {"/dev/vda"}
    assert "/dev/disk/nightjar/system-b" in recorder.run("rauc status --detailed")


def called_the_same(recorder):
    """A stick that somebody put in while the power was away: its partitions are called like the recorder's own."""
    stick = Stick(recorder, "OWN", 64)
    places = {label: FIRST + nth * SECTORS for nth, label in enumerate(OWN)}
    parts = (f"start={start}, size={SECTORS}, name={label}" for label, start in places.items())
    stick.partition(*parts, table="gpt")
    for label in ("config", "data"):
        stick.put("ext4", places[label], SECTORS)
    return stick


def told(tree):
    """What the topmost page says of the power, or ""."""
    found = words({"pages": tree["pages"][-1:]})
    return next((one for one in found if one.startswith("No power ")), "")


def ends(said):
    """When the newest footage of a channel ends."""
    return max((times(one)[1] for one in json.loads(said)), default=datetime.min.replace(tzinfo=UTC))


def times(span):
    return datetime.fromisoformat(span["start"]), datetime.fromisoformat(span["end"])
