"""Pictures are taken when the plan says so and when an event begins, and go to media."""

import pytest

from recorder.client import wire
from recorder.client.clock import SECOND_US
from recorder.control.pictures import Wanted
from tests.recorder.api.served import Served, wait_for

STATUS = {"op": "status", "time_us": 5, "plan_revision": 1}
STILL = {"op": "still", "id": 1, "at_us": 1_700_000_000_000_000, "jpeg": "/9ggYSBwaWN0dXJlIP/Z"}


@pytest.fixture
def served(tmp_path):
    with Served(tmp_path / "data") as found:
        yield found


def media(message):
    """Media that answers a sign of life: control hangs up on one that is silent, and hears no event meanwhile."""
    match message["op"]:
        case "picture":
            return [{"op": "pictured", "id": message["id"]}]
        case "hello":
            return [STATUS]
        case _:
            return []


def event(served, beside, *channels):
    """Media tells control of a mark."""
    told = wire.encode({"op": "event", "mark": "m", "channels": list(channels), "event_us": 1})

    def send():
        for writer in beside.writers:
            writer.write(told)

    served.loop.call_soon_threadsafe(send)


@pytest.mark.covers("D-REC-05")
def test_a_picture_is_taken_at_every_turn_of_the_plan_and_once(served):
    beside = served.beside("media", media)
    served.beside("decode", lambda _message: [STILL])
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    served.owner.add_channel(name="Yard", url="rtsp://10.0.0.8/main")
    served.owner.set_page("picture-schedule", {"scheduled": True, "every_s": 10}, channel=1)
    (first,) = beside.wait_for("picture", 1)
    assert (first["channel"], first["at_us"]) == (1, STILL["at_us"])
    for count in (2, 3):
        served.clock.advance(10)
        assert len(beside.wait_for("picture", count)) == count
    turns = served.control.pictures._last
    assert turns == {1: served.clock.now_us() // (10 * SECOND_US)}


@pytest.mark.covers("D-REC-05")
def test_a_picture_is_taken_when_an_event_begins_where_that_is_wanted(served):
    beside = served.beside("media", media)
    served.beside("decode", lambda _message: [STILL])
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    served.owner.add_channel(name="Yard", url="rtsp://10.0.0.8/main")
    beside.wait_for("watch")
    served.owner.set_page("picture-schedule", {"on_event": True}, channel=2)
    # A plan that media has may be one of before: the channel itself made one.
    wait_for(lambda: served.control.pictures._wanted.get(2, Wanted()).on_event)
    event(served, beside, 1, 2)
    (taken,) = beside.wait_for("picture", 1)
    assert taken["channel"] == 2


def test_a_camera_without_a_picture_stops_no_other(served):
    beside = served.beside("media", media)
    failed = {"op": "failed", "id": 1, "code": "NoPicture", "words": "There is no picture."}
    served.beside("decode", lambda message: [failed if message["channel"] == 1 else STILL])
    for number in (1, 2):
        served.owner.add_channel(name=f"Camera {number}", url=f"rtsp://10.0.0.{number}/main")
        served.owner.set_page("picture-schedule", {"scheduled": True, "every_s": 10}, channel=number)
    (taken,) = beside.wait_for("picture", 1)
    assert taken["channel"] == 2
    served.clock.advance(10)
    assert {one["channel"] for one in beside.wait_for("picture", 2)} == {2}


@pytest.mark.covers("D-ENC-03", "D-ENC-04")
def test_pictures_are_as_the_page_says_and_by_hand_as_many(served, monkeypatch):
    monkeypatch.setattr("recorder.api.routes.pictures.APART_S", 0)
    beside, decode = served.beside("media", media), served.beside("decode", lambda _message: [STILL])
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main", sub_url="rtsp://10.0.0.7/sub")
    served.owner.add_channel(name="Yard", url="rtsp://10.0.0.8/main")
    for channel in (1, 2):
        served.owner.set_page("picture-schedule", {"size": "sub", "quality": 2, "by_hand": 3}, channel=channel)
    pictures = served.control.pictures
    wait_for(lambda: [pictures.by_hand(channel) for channel in (1, 2)] == [3, 3])
    assert served.owner.take_picture(1).at_us == STILL["at_us"]
    assert len(beside.wait_for("picture", 3)) == 3
    assert {(one["stream"], one["quality"]) for one in decode.of("still")} == {("sub", 2)}
    # Where there is no sub stream, and of what was recorded, it is the main stream.
    decode.told.clear()
    served.owner.take_picture(2)
    served.owner.take_picture(1, 5)
    assert [(one["stream"], one["at_us"]) for one in decode.of("still")] == [("main", None)] * 3 + [("main", 5)]
