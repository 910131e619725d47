"""From an edge at an input of the simulated board, through its rule, to what linkages do; media is scripted."""

import asyncio
import contextlib
import hashlib
import time
from types import SimpleNamespace

import pytest

from hal.client import HalClient
from hal.client.kinds import BuzzerState
from recorder.client.clock import ManualClock
from recorder.client.happened import ReactionState
from recorder.client.recording import RecordType
from recorder.client.stream import StreamName
from recorder.client.unix_http import ApiError
from recorder.control.wav import Clip
from recorder.events.linkage import built_in
from recorder.events.linkages import buzzer, record
from recorder.events.linkages.record import target
from recorder.events.sources.input_alarm import InputAlarm
from recorder.events.sources.motion_detection import MotionDetection
from recorder.media.plan import ChannelPlan, Due, Plan
from tests.recorder.api.conftest import running_hal
from tests.recorder.api.served import Served, wait_for

CAMERA = "rtsp://10.0.0.7/main"
ALWAYS = {"days": [[{"start_min": 0, "end_min": 1440, "types": ["armed"]}]] * 7}
LINKAGES = [one.name for one in built_in() if one.everywhere]
QUIET = {"anti_dither_s": 0, "week": ALWAYS, **dict.fromkeys(LINKAGES, False)}


def media(message):
    match message["op"]:
        case "mark":
            return [{"op": "marked", "id": message["id"]}]
        case "hold":
            times = {name: message[name] for name in ("channel", "start_us", "end_us", "owner", "reason", "kind")}
            return [{"op": "held", "hold": {"id": "ab" * 16, "made_us": 1, "expires_us": 1, "stream": None, **times}}]
        case "tag":
            times = {name: message[name] for name in ("channel", "start_us", "end_us", "owner", "words")}
            return [{"op": "tagged", "tag": {"id": "cd" * 16, "made_us": 1, "stream": None, **times}}]
        case "picture":
            return [{"op": "pictured", "id": message["id"]}]
        case _:
            return []


def decode(message):
    still = {"op": "still", "id": message["id"], "at_us": 123, "jpeg": b"\xff\xd8\xff\xd9", "width": 1, "height": 1}
    return [still]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A recorder with one camera, and the simulated board."""
    with Served(tmp_path_factory.mktemp("house") / "data") as served:
        served.media = served.beside("media", media)
        served.decode = served.beside("decode", decode)
        served.owner.add_channel(name="Gate", url=CAMERA)
        with running_hal(served.instance) as served.hal:
            wait_for(served.owner.inputs)
            yield served


@pytest.fixture
def site(house):
    """The house with everything at rest; `rule` sets what follows an edge of IN1."""
    yield house
    edge(house, active=False)
    house.media.script = media
    house.owner.set_page("input-alarm", {**QUIET, "relay_post_s": 0}, item="IN1")
    house.owner.set_page("record-mode", {"mode": "auto"}, channel=1)
    wait_for(lambda: not event(house) or event(house).end_us is not None)
    wait_for(lambda: not house.control.desk.reactions._tasks)
    for output in ("OUT1", "OUT2"):
        house.owner.set_page("alarm-output", {"mode": "auto"}, item=output)
        house.owner.switch_output(output, closed=False)
    house.media.told.clear()


def rule(site, **values):
    site.owner.set_page("input-alarm", {**QUIET, **values}, item="IN1")


def edge(site, *, active):
    site.hal.simulate("alarm_input", "IN1", "move", active=active)


def event(site):
    found = site.owner.happened(sources=["input-alarm"]).events
    return found[0] if found else None


def reaction(site, linkage):
    def look():
        found = event(site)
        return found and next((one for one in found.reactions if one.linkage == linkage), None)

    return wait_for(look)


def closed(site, name="OUT1"):
    return next(one for one in site.owner.outputs() if one.name == name).closed


@pytest.mark.covers("D-ALM-03", "D-LINK-02", "D-LINK-02.1", "D-ALM-08")
def test_an_edge_closes_the_relay_until_the_alarm_is_over_and_longer(site):
    rule(site, relay=True, relay_outputs="OUT1, OUT2", relay_post_s=0)
    edge(site, active=True)
    wait_for(lambda: closed(site) and closed(site, "OUT2"))
    edge(site, active=False)
    wait_for(lambda: not closed(site) and not closed(site, "OUT2"))
    rule(site, relay=True, relay_outputs="OUT1", relay_post_s=300)
    edge(site, active=True)
    wait_for(lambda: closed(site))
    edge(site, active=False)
    wait_for(lambda: next(one for one in site.owner.outputs() if one.name == "OUT1").timed)
    assert closed(site)


def test_outputs_are_named_with_commas_as_they_once_were_stored():
    assert InputAlarm(relay_outputs=" OUT2,OUT1, OUT2,").relay_outputs == ("OUT2", "OUT1")


@pytest.mark.covers("D-RULE-03", "D-RULE-04")
def test_outputs_that_are_not_automatic_and_rules_that_are_not_armed_switch_nothing(site):
    site.owner.set_page("alarm-output", {"mode": "off"}, item="OUT1")
    rule(site, relay=True, relay_outputs="OUT1")
    edge(site, active=True)
    told = reaction(site, "relay")
    assert (told.state, told.words) == (ReactionState.SKIPPED, "None of the outputs is in mode Automatic.")
    edge(site, active=False)
    site.owner.set_page("alarm-output", {"mode": "auto"}, item="OUT1")
    rule(site, relay=True, relay_outputs="OUT1", week={"days": [[]] * 7})
    wait_for(lambda: event(site).end_us is not None)
    edge(site, active=True)
    wait_for(lambda: event(site).end_us is None)
    assert (event(site).armed, event(site).reactions) == (False, ())
    assert not closed(site)


@pytest.mark.covers("D-LINK-06", "D-LINK-06.1", "D-REC-01.1", "V-REC-04")
def test_the_recording_is_marked_from_before_until_after(site):
    rule(site, record=True, record_channels=[1], record_post_s=20)
    edge(site, active=True)
    opened = site.media.wait_for("mark")[0]
    began = event(site).begin_us
    assert opened["streams"] == [{"channel": 1, "stream": "main"}]
    assert (opened["event_us"], opened["pre_s"], opened["until_us"], opened["type"]) == (began, 5, None, "alarm")
    edge(site, active=False)
    ended = wait_for(lambda: [one for one in site.media.of("mark") if one["until_us"] is not None])[0]
    assert ended["id"] == opened["id"]
    assert ended["until_us"] == event(site).end_us + 20_000_000


def test_motion_is_recorded_where_nobody_said_otherwise_and_fills_no_log():
    page = MotionDetection()
    assert (page.record, page.log, page.record_type) == (True, False, RecordType.MOTION)


@pytest.mark.covers("D-RULE-02", "D-RULE-03")
def test_a_channel_whose_mode_is_off_records_no_event(site):
    site.owner.set_page("record-mode", {"mode": "off"}, channel=1)
    rule(site, record=True, record_channels=[1])
    wait_for(lambda: not site.control.plan.channels[0].record)
    edge(site, active=True)
    told = reaction(site, "record")
    assert (told.state, told.words) == (ReactionState.SKIPPED, "The record schedule records nothing for it now.")
    assert site.media.of("mark") == []


@pytest.mark.covers("D-LINK-09")
def test_a_picture_is_taken_and_the_event_remembers_it(site):
    rule(site, snapshot=True, snapshot_channels=[1])
    edge(site, active=True)
    assert reaction(site, "snapshot").state is ReactionState.DONE
    assert site.media.wait_for("picture")[0]["channel"] == 1
    assert event(site).picture_us == 123


@pytest.mark.covers("V-ALM-24")
def test_the_footage_of_an_event_is_locked_and_tagged(site):
    rule(site, hold=True, hold_channels=[1], hold_around_s=10)
    edge(site, active=True)
    wait_for(lambda: event(site))
    assert site.media.of("hold") == []
    edge(site, active=False)
    held, tagged = site.media.wait_for("hold")[0], site.media.wait_for("tag")[0]
    began = event(site).begin_us
    assert (held["start_us"], held["kind"]) == (began - 10_000_000, "evidence")
    assert held["end_us"] >= event(site).end_us + 10_000_000
    assert tagged["words"] == "Alarm input IN1 is active."


@pytest.mark.covers("D-LINK-07", "V-ALM-22")
def test_a_dome_goes_to_its_preset(site):
    site.owner.set_page("ptz", {"line": "RS485"}, channel=1)
    rule(site, preset=True, preset_channel=1, preset_number=3)
    edge(site, active=True)
    assert reaction(site, "preset").state is ReactionState.DONE


@pytest.mark.covers("D-LINK-07", "D-RULE-03")
def test_a_dome_goes_on_its_tour_until_the_event_is_over_and_without_one_it_is_left_out(site):
    site.owner.set_page("ptz", {"line": ""}, channel=1)
    rule(site, preset=True, preset_channel=1, preset_way="tour", preset_number=2)
    edge(site, active=True)
    assert reaction(site, "preset").state is ReactionState.SKIPPED
    edge(site, active=False)
    wait_for(lambda: event(site).end_us is not None)
    site.owner.set_page("ptz", {"line": "RS485", "protocol": "pelco_d"}, channel=1)
    edge(site, active=True)
    assert reaction(site, "preset").words == "Camera 1 cannot do that."
    edge(site, active=False)
    wait_for(lambda: event(site).end_us is not None)
    site.owner.set_page("ptz", {"protocol": "dh_sd1"}, channel=1)
    before, asked = site.control.domes.act, []

    async def act(channel, action, number=0, second=0, *, author):
        asked.append((channel, action, number, author.who))
        await before(channel, action, number, second, author=author)

    site.control.domes.act = act
    edge(site, active=True)
    # Where the line still owes the dome a stop in its former protocol it is asked once more.
    wait_for(lambda: set(asked) == {(1, "tour_start", 2, "recorder")})
    assert reaction(site, "preset").state is ReactionState.DONE
    edge(site, active=False)
    wait_for(lambda: asked[-1] == (1, "tour_stop", 2, "recorder"))
    assert set(asked[:-1]) == {(1, "tour_start", 2, "recorder")}
    del site.control.domes.act
    site.owner.set_page("ptz", {"protocol": "pelco_d"}, channel=1)


@pytest.mark.covers("D-LINK-08", "D-RULE-09")
def test_the_screen_shows_the_cameras_of_an_event_until_it_is_over(site):
    rule(site, tour=True, tour_channels=[1])
    edge(site, active=True)
    wait_for(lambda: site.screen.status().tours and site.screen.status().tours[0].channels == (1,))
    edge(site, active=False)
    wait_for(lambda: site.screen.status().tours == ())


@pytest.mark.covers("D-LINK-03")
def test_the_screen_is_told(site):
    rule(site, message=True)
    edge(site, active=True)
    wait_for(lambda: event(site))
    told = wait_for(lambda: site.screen.status().messages)
    assert (told[-1].id, told[-1].words) == (event(site).id, "Alarm input IN1 is active.")


@pytest.mark.covers("D-LINK-10")
def test_the_buzzer_sounds_until_the_event_is_over(site):
    rule(site, buzzer=True)

    def sounds():
        return [one for device in site.hal.devices() if device.kind == "buzzer" for one in device.sounds]

    edge(site, active=True)
    wait_for(lambda: sounds() == ["alarm"])
    edge(site, active=False)
    wait_for(lambda: sounds() == [])
    # In quiet hours it is silent, and the event says so.
    quiet = {"days": [[{"start_min": 0, "end_min": 1440, "types": ["quiet"]}]] * 7}
    site.owner.set_page("buzzer-hours", {"week": quiet})
    edge(site, active=True)
    wait_for(lambda: reaction(site, "buzzer"))
    assert "quiet hours" in reaction(site, "buzzer").words
    assert sounds() == []
    edge(site, active=False)
    site.owner.set_page("buzzer-hours", {"week": {"days": [[]] * 7}})


HEARD_S = 60.0


@contextlib.contextmanager
def hearing_the_buzzer(site):
    """Gives a wait for what sounds next; nothing that is heard meanwhile is missed."""
    with HalClient(site.instance.socket("hal"), timeout_s=60) as hal:
        sounds = {one.name: one.sounds for one in hal.watch() if isinstance(one, BuzzerState)}

        def next_sounds():
            before, end = dict(sounds), time.monotonic() + HEARD_S
            while sounds == before:
                assert time.monotonic() < end, f"still {sounds}"
                if isinstance(said := hal.next(), BuzzerState):
                    sounds[said.name] = said.sounds
            return sorted(one for found in sounds.values() for one in found)

        yield next_sounds


ALL_WEEK_QUIET = {"days": [[{"start_min": 0, "end_min": 1440, "types": ["quiet"]}]] * 7}
NEVER_QUIET = {"days": [[]] * 7}


@pytest.mark.covers("D-LINK-10")
def test_quiet_hours_that_begin_meanwhile_silence_the_buzzer_and_their_end_lets_it_be_heard(site, monkeypatch):
    monkeypatch.setattr("recorder.events.linkages.buzzer.LOOK_S", 0.05)
    rule(site, buzzer=True)
    with hearing_the_buzzer(site) as next_sounds:
        edge(site, active=True)
        assert next_sounds() == ["alarm"]
        site.owner.set_page("buzzer-hours", {"week": ALL_WEEK_QUIET})
        assert next_sounds() == []
        site.owner.set_page("buzzer-hours", {"week": NEVER_QUIET})
        assert next_sounds() == ["alarm"]
        # Whoever silenced it by hand has his peace, though the event goes on.
        site.hal.call("buzzer", "BUZZER", "silence")
        assert next_sounds() == []
        edge(site, active=False)


@pytest.mark.covers("D-LINK-10")
def test_quiet_hours_that_begin_in_the_moment_after_the_buzzer_was_sounded_silence_it(site, monkeypatch):
    sound, begun = buzzer.Buzzer._sound, []

    async def sound_then_quiet(self, names=None):
        await sound(self, names)
        if not begun:
            begun.append(True)
            await asyncio.to_thread(site.owner.set_page, "buzzer-hours", {"week": ALL_WEEK_QUIET})

    monkeypatch.setattr(buzzer, "LOOK_S", 0.05)
    monkeypatch.setattr(buzzer.Buzzer, "_sound", sound_then_quiet)
    rule(site, buzzer=True)
    with hearing_the_buzzer(site) as next_sounds:
        edge(site, active=True)
        assert next_sounds() == ["alarm"]
        assert next_sounds() == []
        edge(site, active=False)
    site.owner.set_page("buzzer-hours", {"week": NEVER_QUIET})


@pytest.mark.covers("D-LINK-10")
def test_the_button_sounds_the_buzzer_once_also_in_quiet_hours_and_ends_no_alarm(site):
    rule(site, buzzer=True)
    site.owner.set_page("buzzer-hours", {"week": ALL_WEEK_QUIET})
    with hearing_the_buzzer(site) as next_sounds:
        site.owner.run_action("buzzer-hours", "test")
        assert next_sounds() == ["alarm"]
        assert next_sounds() == []
        site.owner.set_page("buzzer-hours", {"week": NEVER_QUIET})
        edge(site, active=True)
        assert next_sounds() == ["alarm"]
        site.owner.run_action("buzzer-hours", "test")
        # A second edge elsewhere is heard of only after the test is over.
        site.run(asyncio.sleep(2 * buzzer.ONCE_S))
        assert [one for device in site.hal.devices() if device.kind == "buzzer" for one in device.sounds] == ["alarm"]
        edge(site, active=False)
        assert next_sounds() == []


def test_a_media_that_does_not_answer_is_tried_again_and_told(site):
    site.media.script = lambda _message: [None]
    rule(site, record=True, record_channels=[1], snapshot=True, snapshot_channels=[1], relay=True, relay_outputs="OUT1")
    edge(site, active=True)
    wait_for(lambda: closed(site))
    assert reaction(site, "record").state is ReactionState.FAILED
    site.media.script = media
    assert site.media.wait_for("mark", 3, seconds=30)


def due(*types):
    return tuple(Due(0, 100, kind, (StreamName.MAIN,), 7) for kind in types)


@pytest.mark.covers("D-RULE-01", "D-REC-02")
@pytest.mark.parametrize(
    ("types", "kind", "present", "records"),
    [
        ("general", "motion", "motion", True),
        ("motion", "motion", "motion", True),
        ("motion", "alarm", "alarm", False),
        ("alarm", "alarm", "alarm", True),
        ("motion&alarm", "alarm", "alarm", False),
        ("motion&alarm", "motion", "motion", False),
        ("motion&alarm", "alarm", "motion alarm", True),
        ("motion&alarm", "motion", "motion alarm", True),
        ("motion&alarm", "intelligent", "motion alarm intelligent", False),
        ("intelligent", "intelligent", "intelligent", True),
        ("", "alarm", "alarm", False),
    ],
)
def test_an_event_is_recorded_as_the_schedule_of_its_kind_says(types, kind, present, records):
    plan = Plan(channels=(ChannelPlan(1, "Gate", (), due(*map(RecordType, types.split()))),))
    found = target(plan, 1, frozenset(map(RecordType, present.split())), RecordType(kind), 50)
    assert (found is not None) is records
    assert found is None or found.pre_s == 7
    assert target(plan, 1, frozenset(map(RecordType, present.split())), RecordType(kind), 100) is None


def test_a_fault_while_marks_are_renewed_is_told_and_they_are_renewed_all_the_same(monkeypatch, caplog):
    asked, renewed = [], asyncio.Event()

    async def ask(_instance, _process, mark, _answer):
        asked.append(mark)
        if len(asked) == 1:
            raise ZeroDivisionError
        renewed.set()

    async def work():
        plan = Plan(channels=(ChannelPlan(1, "Gate", (), (Due(0, 1 << 62),)),))
        linkage = record.Record(SimpleNamespace(clock=ManualClock(), plan=lambda: plan, instance=None), None)
        occurrence = SimpleNamespace(id=7, begin_us=0, rule=SimpleNamespace(record_type=RecordType.ALARM))
        keeping = asyncio.create_task(linkage.keep(occurrence, SimpleNamespace(record_channels=(1,))))
        waiting = asyncio.create_task(renewed.wait())
        ended, _others = await asyncio.wait({keeping, waiting}, return_when=asyncio.FIRST_COMPLETED)
        keeping.cancel()
        assert ended == {waiting}

    monkeypatch.setattr(record, "LOOK_S", 0)
    monkeypatch.setattr(record, "ask", ask)
    asyncio.run(work())
    assert "event 7 could not be told to media" in caplog.text


def card(site):
    return next(one for one in site.hal.devices() if one.kind == "sound")


def spoken(site, clip):
    """Whether the card was given just these samples."""
    return card(site).clip == hashlib.sha256(clip.samples).hexdigest()


@pytest.mark.covers("D-LINK-12", "D-AUD-01", "D-RULE-03")
def test_a_voice_file_is_played_as_it_was_sent_as_loud_as_its_page_says(site):
    gate, yard = (Clip(8000, 1, bytes(40_000) + bytes([number, 1]) * 8000) for number in (1, 2))
    rule(site, voice=True, voice_file="")
    edge(site, active=True)
    wait_for(lambda: "No voice file is chosen" in reaction(site, "voice").words)
    edge(site, active=False)
    wait_for(lambda: event(site).end_us is not None)
    rule(site, voice=True, voice_file="gate")
    edge(site, active=True)
    wait_for(lambda: "has no sound yet" in reaction(site, "voice").words)
    assert reaction(site, "voice").state is ReactionState.SKIPPED
    edge(site, active=False)
    wait_for(lambda: event(site).end_us is not None)
    assert site.owner.put_voice("gate", bytes(gate)).length_s == gate.length_s
    site.owner.put_voice("yard", bytes(yard))
    site.owner.set_page("voice-file", {"volume_percent": 35, "remarks": "Somebody is at the gate"}, item="gate")
    edge(site, active=True)
    wait_for(lambda: spoken(site, gate))
    assert card(site).volume_percent == 35
    wait_for(lambda: reaction(site, "voice").state is ReactionState.DONE)
    site.clock.advance(5)  # what the alarm says is over
    site.owner.run_action("voice-file", "play", item="yard")
    wait_for(lambda: spoken(site, yard))
    site.owner.remove_item("voice-file", "gate")
    edge(site, active=False)
    wait_for(lambda: event(site).end_us is not None)
    edge(site, active=True)
    wait_for(lambda: "has no sound yet" in reaction(site, "voice").words)
    told = [one for one in site.owner.audit(page="voice-file") if one.field == "sound"]
    assert {one.item for one in told} == {"gate", "yard"}


def test_what_is_no_sound_and_no_name_is_refused_and_the_old_sound_stays(site):
    clip = Clip(8000, 1, bytes(8000))
    site.clock.advance(5)
    site.owner.put_voice("bell", bytes(clip))
    for name, data, words in (
        ("bell", b"RIFF, and nothing else", "nobody knows what it is"),
        ("bell", bytes(1 << 20) + b"more", ""),
        ("../bell", bytes(clip), ""),
        ("Bell", bytes(clip), "small letters"),
        (".", bytes(clip), ""),
    ):
        with pytest.raises(ApiError) as refused:
            site.owner.put_voice(name, data)
        assert words in str(refused.value)
    site.owner.run_action("voice-file", "play", item="bell")
    wait_for(lambda: spoken(site, clip))
    assert [one.name for one in (site.instance.config / "voices").iterdir() if "bell" in one.name.lower()] == [
        "bell.wav"
    ]
