"""Alarms over the API: handled by those who may know of them, on record in the audit, exported, told as wished."""

import csv
import io
import json

import pytest

from recorder.cli import main
from recorder.client.clock import SECOND_US
from recorder.client.happened import AlarmState
from recorder.client.unix_http import ApiError
from recorder.events.sources.input_alarm import InputAlarm
from recorder.events.sources.picture_faults import VideoLoss
from recorder.settings.scope import PER_CHANNEL, Permission
from tests.recorder.api.served import PASSWORD
from tests.recorder.api.test_every_route import guard_with, only_channel_one


def rung(served, rule=InputAlarm, item="IN1", **said):
    """Let something happen, and give its event."""

    async def begin():
        served.control.desk.engine.begin(rule, item, **{"words": f"{item} rings.", **said})

    served.run(begin())
    return served.owner.happened(sources=[rule.about.name]).events[0]


def audited(served):
    return [(one.who, one.item, json.loads(one.new)) for one in served.owner.audit(page="alarm")][::-1]


@pytest.mark.covers("V-ALST-02")
def test_an_alarm_is_seen_to_and_who_did_so_is_on_record(served):
    ada = served.admin()
    served.owner.set_page("input-alarm", {"instructions": "Look at the gate."}, item="IN1")
    event = rung(served)
    assert (event.state, event.instructions) == (AlarmState.NEW, "")
    assert ada.event(event.id).instructions == "Look at the gate."
    assert ada.acknowledge(event.id).handled_by == "admin"
    assert served.owner.acknowledge(event.id).handled_by == "admin"
    ada.comment(event.id, "It was the cat.")
    found = ada.handle(event.id, state=AlarmState.FALSE, pinned=True)
    assert (found.state, found.pinned, [one.words for one in found.comments]) == (
        AlarmState.FALSE,
        True,
        ["It was the cat."],
    )
    number = str(event.id)
    assert audited(served) == [
        ("admin", number, "new → progress"),
        ("admin", number, "comment"),
        ("admin", number, "progress → false, pinned"),
    ]
    assert [one.id for one in ada.happened(states=[AlarmState.NEW, AlarmState.FALSE], pinned=True).events] == [event.id]


def test_how_an_alarm_stands_is_told_as_it_changes(served):
    event = rung(served)
    stream = served.owner.events()
    assert next(stream).kind == "status"
    served.owner.acknowledge(event.id)
    told = next(one for one in stream if one.kind == "event")
    assert (told.data["id"], told.data["state"], told.data["handled_by"]) == (event.id, "progress", "owner")


def test_an_alarm_of_a_channel_that_is_not_ones_own_does_not_exist(served):
    served.set_up()
    for name in ("Gate", "Safe"):
        served.owner.add_channel(name=name, url="rtsp://10.0.0.7/main")
    theirs = rung(served, VideoLoss, "2", channel=2)
    mine = rung(served, VideoLoss, "1", channel=1)
    guard = served.client("web", guard_with(served, **only_channel_one()))
    for deed in (
        guard.acknowledge,
        lambda number: guard.handle(number, pinned=True),
        lambda number: guard.comment(number, "x"),
        lambda number: guard.mute(number, 5),
        guard.clip,
    ):
        refused = []
        for number in (theirs.id, 999_999):
            with pytest.raises(ApiError) as error:
                deed(number)
            refused.append((error.value.http_status, error.value.words.replace(str(number), "")))
        assert refused[0] == refused[1]
        assert refused[0][0] == 404
    assert guard.acknowledge(mine.id).handled_by == "guard"
    into = io.BytesIO()
    guard.export_events(into)
    assert {row["channel"] for row in csv.DictReader(io.StringIO(into.getvalue().decode()))} <= {"", "1"}
    assert served.owner.event(theirs.id).state is AlarmState.NEW


def test_who_may_not_know_of_alarms_takes_no_clip_of_one(served):
    served.set_up()
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    event = rung(served, VideoLoss, "1", channel=1)
    areas = [one.value for one in Permission if one not in PER_CHANNEL and one is not Permission.ALARM]
    token = guard_with(served, **{"allowed": areas, **{one.value: "all" for one in PER_CHANNEL}})
    with pytest.raises(ApiError) as refused:
        served.client("web", token).clip(event.id)
    assert refused.value.http_status == 403


@pytest.mark.covers("V-ALST-05")
def test_the_list_is_written_as_csv_without_formulas(served):
    rung(served, item="=2+3", words="=2+3 rings.")
    event = rung(served, item="IN2", words='A "gate", open')
    served.owner.comment(event.id, "seen")
    into = io.BytesIO()
    served.owner.export_events(into, sources="input-alarm", states="new")
    rows = list(csv.DictReader(io.StringIO(into.getvalue().decode())))
    assert [(row["item"], row["words"], row["state"]) for row in rows] == [
        ("IN2", 'A "gate", open', "new"),
        ("'=2+3", "'=2+3 rings.", "new"),
    ]
    assert rows[0]["comments"].endswith("owner: seen")
    assert [one.page for one in served.owner.audit(page="event-list")] == ["event-list"]


@pytest.mark.covers("V-ALST-05")
def test_a_clip_is_the_footage_of_an_event_with_what_was_around_it(served):
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    begun = []
    served.beside("reader", lambda one: begun.append(one) or [{"op": "exporting", "id": one["id"], "job": "j1"}])
    event = rung(served, VideoLoss, "1", channel=1)

    async def end():
        served.control.desk.engine.end(VideoLoss, "1", at_us=event.begin_us + 20 * SECOND_US)
        served.clock.advance(60)
        served.control.desk.engine.look()

    served.run(end())
    job = served.owner.clip(event.id, pre_s=5, post_s=7)
    assert (job.channels, job.start_us - event.begin_us, job.end_us - event.begin_us) == (
        (1,),
        -5 * SECOND_US,
        27 * SECOND_US,
    )
    alone = rung(served, item="IN1")
    with pytest.raises(ApiError) as refused:
        served.owner.clip(alone.id)
    assert refused.value.http_status == 409


@pytest.mark.covers("V-ALM-41", "V-ALST-03")
def test_who_muted_a_rule_hears_nothing_of_it_and_finds_it_in_the_list(served):
    ada = served.admin()
    served.owner.set_page("user", {"group": "admin"}, item="bob")
    served.owner.set_password("bob", PASSWORD, must_change=False)
    bob = served.client("web")
    bob.log_in("bob", PASSWORD)
    event = rung(served)
    ada.mute(event.id, 5)
    bob.wish(sources=["input-alarm"], off_minutes=0)
    streams = {"ada": ada.events(), "bob": bob.events()}
    for stream in streams.values():
        assert next(stream).kind == "status"
    rung(served, item="IN1")
    rung(served, VideoLoss, "1", channel=1)

    def first(name):
        return next(one.data["source"] for one in streams[name] if one.kind == "event")

    assert {name: first(name) for name in streams} == {"ada": "video-loss", "bob": "input-alarm"}
    assert ada.happened(sources=["input-alarm"]).events
    assert not ada.happened(sources=["input-alarm"], muted=False).events
    assert bob.happened(sources=["input-alarm"], muted=False).events
    # Who takes the name of somebody who was removed begins with nothing.
    served.owner.remove_item("user", "bob")
    assert served.control.desk.alarms.receiving("bob").sources is None


def test_what_makes_no_sense_is_refused_in_words(served):
    event = rung(served)
    for method, path, body in (
        ("PATCH", "", {"state": "new"}),
        ("PATCH", "", {"state": "gone"}),
        ("POST", "/comments", {"words": ""}),
        ("POST", "/comments", {"words": "\x00\n "}),
        ("POST", "/comments", {"words": "x" * 501}),
        ("POST", "/mute", {"minutes": -1}),
        ("POST", "/mute", {"minutes": 1 << 70}),
        ("POST", "/clip", {"pre_s": 601}),
    ):
        with pytest.raises(ApiError) as refused:
            served.owner._call(method, f"/alarms/{event.id}{path}", body=body)
        assert refused.value.http_status == 422, (path, body)
    assert served.owner.event(event.id).comments == ()


def test_the_command_line_handles_alarms(served, capsys, tmp_path):
    event = rung(served)
    data = ["--data", str(served.instance.data)]
    main(["events", "handle", *data, str(event.id)])
    main(["events", "handle", *data, str(event.id), "--comment", "Nobody.", "--state", "closed", "--pin"])
    main(["events", "show", *data, str(event.id)])
    told = capsys.readouterr().out
    assert "[progress]" in told
    assert "[closed]" in told
    assert "owner: Nobody." in told
    main(["events", "csv", *data, str(tmp_path / "all.csv")])
    assert b"Nobody." in (tmp_path / "all.csv").read_bytes()
    main(["events", "list", *data, "--state", "closed", "--pinned", "--grouped"])
    assert f"{event.id}" in capsys.readouterr().out
