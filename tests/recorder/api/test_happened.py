"""The list of events over the API: found by those who may, told as it grows, and kept over a restart of control."""

import msgspec
import pytest

from hal.client.kinds import NetworkInterfaceState
from recorder.cli import main
from recorder.client.clock import SECOND_US
from recorder.client.unix_http import ApiError
from recorder.control.hardware_events import LINK_US
from recorder.events.power_return import STARTING_US
from recorder.events.sources.input_alarm import InputAlarm
from recorder.events.sources.picture_faults import VideoLoss
from tests.recorder.api.served import Served, wait_for


def raised(served, rule, *place, **said):
    async def begin():
        served.control.desk.engine.begin(rule, *place, **said)

    served.run(begin())


def alarms(served, **asked):
    return served.owner.happened(sources=["input-alarm", "video-loss"], **asked)


def test_events_are_listed_page_by_page(served):
    for number in range(5):
        raised(served, InputAlarm, f"IN{number}", words=f"Input {number} is active.")
    first = alarms(served, limit=3)
    second = alarms(served, limit=3, before=first.before)
    assert [one.item for one in (*first.events, *second.events)] == ["IN4", "IN3", "IN2", "IN1", "IN0"]
    assert (first.before, second.before) == (first.events[-1].id, None)
    one = served.owner.event(first.events[0].id)
    assert (one.words, one.end_us) == ("Input 4 is active.", None)


def test_who_may_not_see_a_channel_does_not_see_its_events(served):
    served.set_up()
    raised(served, VideoLoss, "2", words="No picture.", channel=2)
    with pytest.raises(ApiError) as refused:
        served.screen.happened()
    assert refused.value.http_status in {401, 403}
    with pytest.raises(ApiError) as none:
        served.owner.event(999_999)
    assert none.value.http_status == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "before=0", f"before={1 << 64}", "sources=A%3B", "start=x"])
def test_a_question_that_makes_no_sense_is_refused_in_words(served, query):
    with pytest.raises(ApiError) as refused:
        served.owner._call("GET", f"/events?{query}")
    assert refused.value.http_status == 422


@pytest.mark.covers("D-ALM-17.1")
def test_a_network_cable_that_is_pulled_is_an_event_until_it_is_back(served, hal):
    def links():
        return [one.link for one in served.control.hardware.follower.states(NetworkInterfaceState)]

    def listed():
        return served.owner.happened(sources=["network-fault"]).events

    wait_for(lambda: links() == [True])
    hal.simulate("network_interface", "LAN1", "plug", plugged=False)
    wait_for(lambda: links() == [False])
    assert listed() == ()
    served.clock.advance(LINK_US / SECOND_US)
    (told,) = wait_for(listed)
    assert told.words.startswith("LAN1 has lost its network.")
    assert told.end_us is None
    hal.simulate("network_interface", "LAN1", "plug", plugged=True)
    wait_for(lambda: links() == [True])
    # Within the anti-dither time it would be the same event if it went again.
    served.clock.advance(10)
    wait_for(lambda: listed()[0].end_us)


def test_that_nothing_is_recorded_stays_in_the_status_until_it_is_over(served):
    served.set_up()
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    assert served.owner.status().unrecorded_since_us is None
    served.clock.advance(STARTING_US / SECOND_US + 60)
    since_us = wait_for(lambda: served.owner.status().unrecorded_since_us)
    assert since_us == served.clock.now_us()
    # Its message goes after a minute; this stays, and nobody has to log in to see it.
    served.clock.advance(3600)
    assert "nothing-recorded" not in {one.source for one in served.screen.status().messages}
    assert served.screen.status().unrecorded_since_us == since_us
    served.owner.remove_channel(1)
    wait_for(lambda: served.screen.status().unrecorded_since_us is None)


def test_an_event_is_told_as_it_begins(served):
    stream = served.owner.events()
    assert next(stream).kind == "status"
    raised(served, InputAlarm, "IN1", words="Input 1 is active.")
    told = next(one for one in stream if one.kind == "event" and one.data["source"] == "input-alarm")
    assert told.data["words"] == "Input 1 is active."


def test_the_command_line_lists_and_shows(served, capsys):
    raised(served, InputAlarm, "IN1", words="Input 1 is active.", detail={"input": "IN1"})
    data = ["--data", str(served.instance.data)]
    main(["events", "list", *data, "--source", "input-alarm"])
    listed = capsys.readouterr().out
    assert "goes on  input-alarm: Input 1 is active." in listed
    main(["events", "list", *data, "--source", "input-alarm", "--json"])
    event = msgspec.json.decode(capsys.readouterr().out)["id"]
    main(["events", "show", *data, str(event)])
    assert "input: IN1" in capsys.readouterr().out


def test_a_restart_of_control_keeps_the_list_and_says_what_it_was(tmp_path):
    with Served(tmp_path / "data") as first:
        raised(first, InputAlarm, "IN1", words="Input 1 is active.")
        alarms(first)
    with Served(tmp_path / "data") as second:
        (found,) = alarms(second).events
        assert (found.words, found.why) == ("Input 1 is active.", "stopped")
