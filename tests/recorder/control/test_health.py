"""Whether all is well: what is wrong makes its line bad and is named in the sentence; what is well says so."""

from dataclasses import replace

import pytest

from recorder.client.answers import Day, MailTest, Status, Trouble
from recorder.client.clock import SECOND_US
from recorder.client.outage import Outage, Returned
from recorder.client.status import DiskState, DiskStatus, FootageStatus, MediaStatus, StreamState, StreamStatus
from recorder.client.stream import StreamName
from recorder.client.tone import Tone
from recorder.control.health import Known, health
from recorder.settings.kept_clock import KeptClock

HOUR_US = 3600 * SECOND_US


def stream(channel, *, recording=True, clock_off_us=None):
    return StreamStatus(channel, StreamName.MAIN, StreamState.PLAYING, recording=recording, clock_off_us=clock_off_us)


DISK = DiskStatus("Bay 1", "a" * 32, DiskState.WRITABLE, 0, "", 4 * 10**12, 10**12)
MEDIA = MediaStatus(
    0,
    1,
    streams=(stream(1), stream(2)),
    disks=(DISK,),
    names={1: "Gate", 2: "Yard"},
    footage=(
        FootageStatus(1, StreamName.MAIN, 10),
        FootageStatus(2, StreamName.MAIN, 30),
        FootageStatus(2, StreamName.SUB, 5),
    ),
)
STATUS = Status(
    "1", "Nightjar", 99, "UTC", needs_setup=False, plan_revision=1, channels=2, channels_recording=2, media=MEDIA
)
DAY = Day(0, 24 * HOUR_US, 24 * HOUR_US, 24 * HOUR_US, channel=1, date="2026-11-26")
WELL = Known(
    status=STATUS,
    due=frozenset({1, 2}),
    outage=None,
    test_mail=MailTest(7, sent=True, words=""),
    mail_wanted=True,
    clock=KeptClock(kept=True, error_us=11_001),
    yesterday=(DAY, replace(DAY, channel=2)),
    plays=frozenset({1, 2}),
    moment="day {}".format,
    precise="second {}".format,
)


def lines(known):
    return {one.name: one for one in health(known).lines}


def test_all_is_well_and_every_line_says_so():
    found = health(WELL)
    assert (found.tone, found.words) == (Tone.GOOD, "All is well.")
    assert {one.name: one.words for one in found.lines} == {
        "recording": "2 of 2 channels record.",
        "footage": "Yard day 30, Gate day 10",
        "disks": "1 recording, 1.0 TB of 4.0 TB",
        "clock": "It is kept right by a time server, to within 12 ms.",
        "power": "None is known.",
        "mail": "Sent day 7.",
        "yesterday": "2 of 2 channels complete.",
    }
    assert (found.due, found.recording, found.missing, found.oldest_us) == ((1, 2), (1, 2), (), {1: 10, 2: 30})


@pytest.mark.parametrize(
    ("name", "change", "tone", "words"),
    [
        (
            "recording",
            {"media": replace(MEDIA, streams=(stream(1), stream(2, recording=False)))},
            Tone.BAD,
            "1 of 2 channels records; not: Yard.",
        ),
        ("recording", {"media": None}, Tone.BAD, "The recording service does not answer."),
        (
            "disks",
            {"media": replace(MEDIA, disks=(replace(DISK, state=DiskState.FAILED, reason="input/output error."),))},
            Tone.BAD,
            "Bay 1: failed (input/output error)",
        ),
        (
            "disks",
            {"media": replace(MEDIA, disks=(replace(DISK, state=DiskState.MISSING, reason="No such file."),))},
            Tone.BAD,
            "Bay 1: missing",
        ),
        ("disks", {"media": replace(MEDIA, disks=())}, Tone.BAD, "There is no disk to record on."),
        (
            "clock",
            {"media": replace(MEDIA, streams=(stream(1, clock_off_us=HOUR_US), stream(2)))},
            Tone.WARNING,
            "The clocks of these cameras are wrong: Gate.",
        ),
        (
            "machine",
            {"troubles": (Trouble("fan", "FAN1", "", "stalled", "Fan 1 stands still.", 0),)},
            Tone.WARNING,
            "Fan 1 stands still.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_named(name, change, tone, words):
    known = replace(WELL, status=replace(STATUS, **change))
    line = lines(known)[name]
    assert (line.tone, line.words) == (tone, words)
    found = health(known)
    assert found.tone is tone
    assert line.label in found.words


@pytest.mark.parametrize(
    ("name", "change", "tone", "words"),
    [
        ("clock", {"clock": KeptClock(kept=False)}, Tone.WARNING, "Nothing keeps it right. Set a time server."),
        ("clock", {"clock": None}, Tone.QUIET, "Nobody can tell whether it is right."),
        (
            "clock",
            {"clock": KeptClock(kept=True, error_us=4_250_000)},
            Tone.WARNING,
            "The time server has not answered for long: it may be off by 4.2 s.",
        ),
        ("mail", {"test_mail": None}, Tone.WARNING, "None was sent yet. Send one on the page E-mail."),
        ("mail", {"test_mail": MailTest(7, sent=False, words="no route")}, Tone.BAD, "It failed day 7: no route"),
        ("yesterday", {"yesterday": None}, Tone.QUIET, "Nobody can tell now how complete it is."),
        (
            "yesterday",
            {"yesterday": (DAY, replace(DAY, channel=2, recorded_us=23 * HOUR_US, missing_us={"no_power": HOUR_US}))},
            Tone.WARNING,
            "97.92 % recorded; missing 3600 s of Yard.",
        ),
        ("yesterday", {"yesterday": ()}, Tone.QUIET, "Nothing was to be recorded."),
        ("recording", {"due": frozenset()}, Tone.QUIET, "Nothing is to be recorded at this hour."),
    ],
)
def test_what_else_is_looked_at(name, change, tone, words):
    line = lines(replace(WELL, **change))[name]
    assert (line.tone, line.words) == (tone, words)


def test_the_last_power_cut_is_told_with_what_came_of_it():
    outage = Outage(1, 2, (Returned(1, 3, 800_000),))
    words = lines(replace(WELL, outage=outage))["power"].words
    assert words.replace("\N{EN DASH}", "-") == "No power day 1-day 2. 1 of 1 records since second 3. 0.8 s lost."


def test_what_one_may_not_know_is_left_out():
    found = health(replace(WELL, plays=frozenset({2}), mail_wanted=False))
    assert found.oldest_us == {2: 30}
    assert "mail" not in {one.name for one in found.lines}
    seen = health(replace(WELL, plays=frozenset()))
    assert not {"footage", "yesterday"} & {one.name for one in seen.lines}
