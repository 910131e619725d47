"""Events reach those who may hear them, as they happen."""

import itertools
import logging

import pytest

from recorder.client.errors import Unavailable
from recorder.client.unix_http import ApiError
from tests.recorder.api.served import PASSWORD, wait_for

STATUS = {
    "op": "status",
    "time_us": 5,
    "plan_revision": 1,
    "names": {"1": "Gate", "2": "Bedroom"},
    "streams": [{"channel": 1, "stream": "main"}, {"channel": 2, "stream": "main"}],
}


def heard(stream, kind, most=50):
    return next(event for event in itertools.islice(stream, most) if event.kind == kind)


def test_the_first_thing_told_is_how_the_recorder_is(served):
    event = next(served.owner.events())
    assert (event.kind, event.data["name"], event.data["needs_setup"]) == ("status", "Nightjar", True)


def test_a_change_of_settings_is_told_with_its_revision(served):
    stream = served.owner.events()
    next(stream)
    made = served.owner.set_page("general", {"recorder_name": "Harbour"})
    event = heard(stream, "settings")
    assert (event.data["page"], event.data["revision"]) == ("general", made.revision)


def test_every_status_of_media_is_passed_on(served):
    served.beside("media", lambda message: [STATUS] if message["op"] == "hello" else [])
    stream = served.owner.events()
    event = next(one for one in stream if one.kind == "status" and one.data["media"])
    assert event.data["media"]["names"] == {"1": "Gate", "2": "Bedroom"}


def test_the_visitor_hears_of_what_is_visible_only(served, monkeypatch):
    monkeypatch.setattr("recorder.api.routes.events.LOOK_S", 0.1)
    served.owner.set_page("general", {"hidden_after_logout": [2]})
    served.beside("media", lambda message: [STATUS] if message["op"] == "hello" else [])
    stream = served.screen.events()
    served.owner.set_page("general", {"recorder_name": "Harbour"})
    for event in itertools.islice(stream, 3):
        assert event.kind == "status"
        media = event.data["media"] or {"names": {}, "streams": []}
        assert "Bedroom" not in str(media)
        assert all(one["channel"] != 2 for one in media["streams"])


def test_who_may_not_listen_is_refused_and_nothing_of_it_is_an_error(served, caplog):
    served.owner.set_page("user-group", {"title": "Blind", "playback": [1]}, item="blind")
    served.set_up()
    served.owner.set_page("user", {"group": "blind"}, item="ben")
    served.owner.set_password("ben", PASSWORD, must_change=False)
    ben = served.web
    ben.log_in("ben", PASSWORD)
    caplog.clear()
    for _each in range(3):
        with pytest.raises(ApiError) as refused:
            next(ben.events())
        assert refused.value.http_status == 403
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


def test_listeners_are_let_go_when_control_ends(served):
    stream = served.owner.events()
    next(stream)
    served.run(_end(served))
    with pytest.raises(Unavailable):
        list(stream)


def test_a_session_that_ends_ends_its_events_though_much_happens(served):
    client = served.admin()
    stream = client.events()
    next(stream)
    client.log_out()
    served.owner.set_page("general", {"recorder_name": "Harbour"})
    with pytest.raises(Unavailable):
        next(stream)


def test_a_listener_that_sleeps_is_cut_off_and_nobody_waits_for_it(served):
    async def flood():
        async with served.control.events.listen() as queue:
            for number in range(1000):
                served.control.events.publish("settings", {"number": number})
            told = [queue.get_nowait() for _each in range(queue.qsize())]
            assert queue.empty()
            return told

    told = served.run(flood())
    assert told[-1] is None
    assert len(told) < 300


async def _end(served):
    served.control.events.end()


def test_events_are_looked_after_again_after_a_fault(served, monkeypatch):
    monkeypatch.setattr("recorder.events.desk.AGAIN_S", 0.01)
    engine, looks = served.control.desk.engine, []
    look = engine.look

    def faulty():
        looks.append(None)
        if len(looks) == 1:
            raise ZeroDivisionError
        look()

    monkeypatch.setattr(engine, "look", faulty)
    wait_for(lambda: len(looks) > 1)
