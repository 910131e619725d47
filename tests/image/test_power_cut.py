"""After a power cut the recorder records again by itself, what was recorded is whole, and the screen tells of it."""

import functools
import json
import re
from datetime import datetime

import pygame
import pytest

from tests.guest.disk import Disk
from tests.image.desk import Desk
from tests.image.footage import DISK_BYTES, NAME, spans
from tests.image.machine import BUILT
from tests.image.screen import words

EXPOSED_S = 5.0
"""So much of a stream may not be on its disk when the power goes (docs/design/store.md)."""


@pytest.mark.covers("D-PWR-03")
def test_after_a_power_cut_it_records_again_tells_of_it_and_the_footage_is_whole(recorder, footage):
    before = {channel: spans(recorder, channel) for channel in range(1, 5)}
    path = footage.path
    recorder.kill()
    recorder.start()
    Disk(recorder, NAME, DISK_BYTES, path=path).plug()
    desk = Desk(recorder)
    sheet = desk.screen.until(lambda tree: tree["pages"][-1]["title"] == "The power was gone", "the sheet")
    pygame.image.save(desk.monitor.picture(), str(BUILT / "power-was-gone.png"))
    (told,) = [one for one in words({"pages": sheet["pages"][-1:]}) if one.startswith("No power ")]
    assert re.fullmatch(r"No power .+\. 4 of 4 record since \d\d:\d\d:\d\d\. \d+\.\d s lost\.", told), told
    for channel, earlier in before.items():
        wanted = functools.partial(more, earlier)
        recorder.until("spans", "--channel", str(channel), "--json", wanted=wanted)
    (disk,) = json.loads(recorder.nightjar("store", "check", "--json"))
    assert disk["samples"] > 0
    assert disk["damage"] == []
    desk.monitor.press("ret")
    desk.screen.until(lambda tree: len(tree["pages"]) == 1, "the wall")


def more(earlier, told):
    """Whether all that was recorded earlier is there, but for what may be lost, and there is newer footage."""
    now = json.loads(told)
    first, kept = now[0], end_of(now[0])
    assert first["start"] == earlier[0]["start"]
    for one in now[1:]:
        if end_of(one) <= end_of(earlier[-1]):
            kept = end_of(one)
    lost_s = (end_of(earlier[-1]) - kept).total_seconds()
    assert lost_s <= EXPOSED_S, (now, earlier)
    return end_of(now[-1]) > end_of(earlier[-1])


def end_of(span):
    return datetime.fromisoformat(span["end"])
