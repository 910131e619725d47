"""Locks, tags and pictures over the API: what media is asked, and what its refusals become."""

import pytest

from recorder.client.answers import HoldKind
from recorder.client.unix_http import ApiError

HOLD = {
    "id": "0" * 32,
    "channel": 1,
    "stream": None,
    "kind": "lock",
    "start_us": 1,
    "end_us": 2,
    "expires_us": None,
    "made_us": 3,
    "owner": "owner",
    "reason": "theft",
}
TAG = {
    "id": "0" * 32,
    "channel": 1,
    "stream": None,
    "start_us": 1,
    "end_us": 1,
    "made_us": 3,
    "owner": "owner",
    "words": "van",
}


def media(message):
    match message["op"]:
        case "hold" | "hold_expire" | "hold_release":
            return [{"op": "held", "id": message["id"], "hold": HOLD}]
        case "tag" | "tag_rename" | "tag_remove":
            return [{"op": "tagged", "id": message["id"], "tag": TAG}]
        case "picture":
            return [{"op": "pictured", "id": message["id"]}]
        case _:
            return []


def exporting(message):
    match message["op"]:
        case "export":
            return [{"op": "exporting", "id": message["id"], "job": "j"}]
        case "export_cancel":
            return [{"op": "export_progress", "job": "j", "state": "cancelled"}]
        case _:
            return []


def test_a_lock_carries_who_made_it_and_why(served):
    beside = served.beside("media", media)
    made = served.owner.add_hold(1, 1, 2, "theft", kind=HoldKind.EVIDENCE)
    assert made.reason == "theft"
    (asked,) = beside.of("hold")
    assert (asked["owner"], asked["reason"], asked["kind"], asked["stream"]) == ("owner", "theft", "evidence", None)
    served.owner.change_hold(made.id, 9)
    assert beside.of("hold_expire")[0]["expires_us"] == 9
    served.owner.release_hold(made.id, "done")
    assert beside.of("hold_release")[0] | {"id": 1} == {
        "op": "hold_release", "id": 1, "hold": made.id, "owner": "owner", "reason": "done"
    }  # fmt: skip


def test_a_refused_lock_is_told_in_the_words_of_media(served):
    words = "At most 25 % of the disks may be locked."
    served.beside("media", lambda one: [{"op": "failed", "id": 1, "code": "TooMuchLocked", "words": words}]
                  if one["op"] == "hold" else [])  # fmt: skip
    with pytest.raises(ApiError) as refused:
        served.owner.add_hold(1, 1, 2, "theft")
    assert (refused.value.code, str(refused.value)) == ("TooMuchLocked", words)


def test_what_makes_no_sense_is_refused_before_media_hears_of_it(served):
    beside = served.beside("media", media)
    for call in (
        lambda: served.owner.add_hold(0, 1, 2, "theft"),
        lambda: served.owner.add_hold(1, 2, 2, "theft"),
        lambda: served.owner.add_hold(1, 1, 2, ""),
        lambda: served.owner.add_hold(1, 1, 2, "x" * 300),
        lambda: served.owner.add_hold(1, 1, 2, "theft", kind=HoldKind.EXPORT),
        lambda: served.owner.change_hold("zz", None),
        lambda: served.owner.add_tag(1, 5, ""),
        lambda: served.owner.add_tag(1, 5, "van", 4),
    ):
        with pytest.raises(ApiError) as refused:
            call()
        assert refused.value.code in {"OutOfRange", "Invalid", "NotFound", "BadRequest", "NotAllowed"}, (
            refused.value.code
        )
    assert [one for one in beside.told if one["op"] in {"hold", "tag", "hold_expire"}] == []


def test_nobody_who_is_not_logged_in_sees_or_makes_locks_tags_or_pictures(served):
    served.set_up()
    for call in (
        served.screen.holds,
        lambda: served.screen.add_hold(1, 1, 2, "theft"),
        served.screen.tags,
        lambda: served.screen.add_tag(1, 1, "van"),
        lambda: served.screen.pictures(1, 1, 2),
        lambda: served.screen.take_picture(1),
    ):
        with pytest.raises(ApiError) as refused:
            call()
        assert refused.value.code == "Refused"


def test_what_is_exported_is_held_until_the_export_is_over(served):
    beside = served.beside("media", media)
    served.beside("reader", exporting)
    job = served.owner.export([1, 2], 1_000_000, 2_000_000)
    asked = beside.wait_for("hold", 2)
    assert [(one["channel"], one["kind"], one["start_us"], one["end_us"]) for one in asked] == [
        (1, "export", 1_000_000, 2_000_000),
        (2, "export", 1_000_000, 2_000_000),
    ]
    # Should nobody release it, it ends by itself.
    assert all(one["expires_us"] > served.clock.now_us() for one in asked)
    assert beside.of("hold_release") == []
    served.owner.cancel_export(job.id)
    beside.wait_for("hold_release", 2)


def test_a_picture_by_hand_goes_to_media_and_into_the_folder(served, tmp_path):
    jpeg = b"\xff\xd8 a picture \xff\xd9"
    still = {"op": "still", "id": 1, "at_us": 1_700_000_000_000_000, "jpeg": "/9ggYSBwaWN0dXJlIP/Z"}
    beside = served.beside("media", media)
    served.beside("decode", lambda _message: [still])
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    taken = served.owner.take_picture(1, directory=tmp_path)
    assert beside.of("picture")[0]["at_us"] == taken.at_us == still["at_us"]
    (saved,) = tmp_path.glob("Gate*.jpg")
    assert saved.read_bytes() == jpeg
    assert taken.path == str(saved)
