"""Announcements: played in the minutes that an independent oracle names, and never over what an event says."""

import asyncio
import base64
import hashlib
import shutil
from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.control.announcements import Announcements
from recorder.control.voices import SHARE, NoRoomForVoices, Outranked, Rank, Voices
from recorder.control.wav import Clip
from recorder.sealing import Sealer
from recorder.settings.pages.announcement import Announcement, Announcing
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.holiday import Holiday
from recorder.settings.registry import built_in
from recorder.settings.settings import Author, Settings
from recorder.settings.store import SettingsStore
from recorder.settings.week import WeekGrid

ADA = Author("ada", "screen")
ZONE = "Europe/Berlin"
HOURS = 30
"""From an evening to the morning after the next day."""


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def settings(tmp_path, clock):
    instance = Instance(tmp_path / "data")
    store = SettingsStore(instance.config / "settings.db")
    made = Settings(store, built_in(), Sealer(instance), clock)
    made.change(DateTime, {"zone": ZONE}, ADA)
    yield made
    store.close()


class Said:
    """Voices that only note what they were asked for, and when."""

    def __init__(self, clock):
        self.clock, self.told = clock, []

    async def speak(self, name, times, rank):
        self.told.append((self.clock.now_us() // 60_000_000, name, times, rank))


def periods(*some):
    return [{"start_min": start, "end_min": end, "types": ["played"]} for start, end in some]


def week(by_day, holiday=None):
    found = WeekGrid[Announcing].never().model_dump()
    found["days"] = [periods(*by_day.get(day, ())) for day in range(7)]
    found["holiday"] = None if holiday is None else periods(*holiday)
    return found


def oracle(utc_minute, by_day, every, holiday, holidays):
    """Whether a minute is one to play in, by the wall and nothing else."""
    wall = datetime.fromtimestamp(utc_minute * 60, UTC).astimezone(ZoneInfo(ZONE))
    day = holiday if holiday is not None and wall.strftime("%m-%d") in holidays else by_day.get(wall.weekday(), ())
    now = wall.hour * 60 + wall.minute
    return any(now in range(start, end, every) for start, end in day)


@pytest.mark.covers("D-AUD-02")
@pytest.mark.parametrize("start", ["2026-03-28T20:00", "2026-10-24T20:00", "2026-05-15T20:00"])
@pytest.mark.parametrize("every", [7, 45])
def test_each_minute_is_one_to_play_in_when_the_oracle_says_so(settings, clock, start, every):
    by_day = dict.fromkeys((4, 5, 6), ((85, 205), (8 * 60, 8 * 60 + 90), (23 * 60 + 30, 1440)))
    holiday = ((600, 660),)
    settings.change(Holiday, {"name": "Fete", "first_day": "2026-05-16"}, ADA, item="1")
    plan = {"week": week(by_day, holiday), "every_min": every, "voice_file": "gong", "times": 2}
    settings.change(Announcement, plan, ADA, item="1")
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    clock.step(begin.timestamp() - clock.now_us() / 1e6)
    said = Said(clock)
    player = Announcements(settings, said, clock)

    async def live():
        await player.look()
        for _each in range(HOURS * 60):
            clock.advance(60)
            await player.look()

    asyncio.run(live())
    first = int(begin.timestamp()) // 60
    minutes = range(first + 1, first + HOURS * 60 + 1)
    due = [one for one in minutes if oracle(one, by_day, every, holiday, {"05-16"})]
    assert len(due) >= 5
    assert [told[0] for told in said.told] == due
    assert {told[1:] for told in said.told} == {("gong", 2, Rank.PLAN)}


def test_what_is_switched_off_or_has_no_sound_is_not_played_and_a_start_plays_nothing(settings, clock):
    always = WeekGrid[Announcing].always(Announcing.PLAYED).model_dump()
    settings.change(
        Announcement, {"week": always, "every_min": 1, "enabled": False, "voice_file": "off"}, ADA, item="1"
    )
    settings.change(Announcement, {"week": always, "every_min": 1}, ADA, item="2")
    settings.change(Announcement, {"week": always, "every_min": 1, "voice_file": "gong"}, ADA, item="3")
    clock.step(-(clock.now_us() // 1_000_000 % 60))
    said = Said(clock)
    player = Announcements(settings, said, clock)
    asyncio.run(player.look())
    assert said.told == []
    clock.advance(60)
    asyncio.run(player.look())
    assert [one[1] for one in said.told] == ["gong"]
    clock.advance(59)
    asyncio.run(player.look())
    assert len(said.told) == 1, "once in a minute"


class Card:
    """A card that notes which clip it was given."""

    online = plays = True
    name = "sound-1"

    def __init__(self):
        self.played, self._clip = [], b""

    async def ask(self, _kind, _name, verb, **asked):
        if verb == "load":
            self._clip = (b"" if asked["first"] else self._clip) + base64.b64decode(asked["part"])
        elif verb == "play":
            self.played.append(hashlib.sha256(self._clip).hexdigest())


@pytest.fixture
def voices(tmp_path, settings, clock):
    card = Card()

    hardware = SimpleNamespace(ask=card.ask, follower=SimpleNamespace(states=lambda _kind: [card]))
    made = Voices(Instance(tmp_path / "data"), settings, hardware, clock)
    made.card, made.clips = card, {}
    for number, name in enumerate(("alarm", "trial", "plan", "later")):
        clip = made.clips[name] = Clip(8000, 1, bytes([number, 1]) * 8000 * 10)
        made.add(name, clip, ADA)
    return made


def test_sounds_leave_room_for_what_is_set(voices, monkeypatch):
    """A hundred of the longest took 200 MiB of the 256 that the partition of settings has."""
    clip = Clip(8000, 1, bytes(160_000))
    taken = 5 * len(bytes(clip))
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: shutil._ntuple_diskusage(SHARE * taken, 0, 0))
    voices.add("fifth", clip, ADA)
    with pytest.raises(NoRoomForVoices, match="Remove one first"):
        voices.add("sixth", clip, ADA)
    assert not voices.has("sixth")
    voices.add("fifth", clip, ADA)  # in place of itself


def heard(voices):
    names = {hashlib.sha256(clip.samples).hexdigest(): name for name, clip in voices.clips.items()}
    return [names[one] for one in voices.card.played]


@pytest.mark.covers("D-AUD-02.1", "D-RULE-10")
@pytest.mark.parametrize(
    ("first", "then", "is_heard"),
    [
        (Rank.ALARM, Rank.TRIAL, False),
        (Rank.ALARM, Rank.PLAN, False),
        (Rank.TRIAL, Rank.PLAN, False),
        (Rank.PLAN, Rank.TRIAL, True),
        (Rank.PLAN, Rank.ALARM, True),
        (Rank.TRIAL, Rank.ALARM, True),
        (Rank.ALARM, Rank.ALARM, True),
    ],
)
def test_what_matters_more_is_heard_and_of_equals_the_newer(voices, clock, first, then, is_heard):
    async def both():
        assert await voices.speak("later", 2, first) == 20
        clock.advance(19)
        await voices.speak("alarm", 1, then)

    if is_heard:
        asyncio.run(both())
    else:
        with pytest.raises(Outranked):
            asyncio.run(both())
    assert heard(voices) == (["later", "alarm"] if is_heard else ["later"])


def test_when_an_alarm_has_been_said_the_plan_is_heard_again(voices, clock):
    async def both():
        await voices.speak("alarm", 2, Rank.ALARM)
        clock.advance(20)
        await voices.speak("plan", 1, Rank.PLAN)

    asyncio.run(both())
    assert heard(voices) == ["alarm", "plan"]
