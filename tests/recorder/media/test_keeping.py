"""Holds and tags over media's socket: answered when they are safe, refused in words, and only to our own processes."""

import pytest

from recorder.client.status import StreamState
from tests.recorder.running import channel, now_us

pytestmark = pytest.mark.anyio

SECOND_US = 1_000_000


async def recording(recorder, cameras):
    made = await cameras()
    recorder.disk(block_mb=1, size_mb=32)
    recorder.plan(channel(1, made.url(1)))
    await recorder.start("media", "reader")
    watch = await recorder.watch()
    await watch.stream(lambda one: one.state is StreamState.PLAYING and one.recording)
    await watch.status(lambda one: one.disks[0].used_bytes)
    return await recorder.connect("media")


def asked(op, **more):
    end = now_us() + 10 * SECOND_US
    return {"op": op, "id": 7, "channel": 1, "start_us": end - 3600 * SECOND_US, "end_us": end, "owner": "admin"} | more


async def test_a_hold_is_answered_listed_changed_and_released(recorder, cameras):
    media = await recording(recorder, cameras)
    held = await media.ask(asked("hold", reason="theft"), "held")
    assert held["id"] == 7
    hold = held["hold"]
    assert (hold["channel"], hold["stream"], hold["kind"], hold["expires_us"]) == (1, None, "lock", None)
    listed = await recorder.ask_reader({"op": "holds", "channels": [1]})
    assert [one["id"] for one in listed["holds"]] == [hold["id"]]
    assert (await recorder.ask_reader({"op": "holds", "channels": [2]}))["holds"] == []
    until = now_us() + 3600 * SECOND_US
    changed = await media.ask({"op": "hold_expire", "id": 8, "hold": hold["id"], "expires_us": until}, "held")
    assert changed["hold"]["expires_us"] == until
    over = {"op": "hold_release", "id": 9, "hold": hold["id"], "owner": "admin", "reason": "done"}
    assert (await media.ask(over, "held"))["hold"]["release_reason"] == "done"
    assert (await recorder.ask_reader({"op": "holds"}))["holds"] == []
    (past,) = (await recorder.ask_reader({"op": "holds", "over": True}))["holds"]
    assert past["released_by"] == "admin"


async def test_tags_are_found_by_their_words(recorder, cameras):
    media = await recording(recorder, cameras)
    at = now_us()
    ids = []
    for words in ("Red van", "Dog"):
        made = await media.ask(asked("tag", start_us=at, end_us=at, words=words), "tagged")
        ids.append(made["tag"]["id"])
    found = (await recorder.ask_reader({"op": "tags", "text": "VAN"}))["tags"]
    assert [one["words"] for one in found] == ["Red van"]
    await media.ask({"op": "tag_rename", "id": 1, "tag": ids[0], "words": "Van"}, "tagged")
    await media.ask({"op": "tag_remove", "id": 1, "tag": ids[1]}, "tagged")
    assert [one["words"] for one in (await recorder.ask_reader({"op": "tags"}))["tags"]] == ["Van"]


WRONG = [
    asked("hold", reason=""),
    asked("hold", reason="x", start_us=5, end_us=5),
    asked("hold", reason="x", channel=0),
    asked("hold", reason="x" * 1000),
    asked("hold", reason="x", expires_us=1),
    asked("hold", reason="x", kind="forever"),
    asked("tag", words=" "),
    {"op": "hold_release", "id": 1, "hold": "zz", "owner": "a", "reason": "b"},
    {"op": "hold_expire", "id": 1, "hold": "00" * 16, "expires_us": None},
    {"op": "tag_remove", "id": 1, "tag": "00" * 16},
]


async def test_what_makes_no_sense_is_refused_in_words(recorder, cameras):
    media = await recording(recorder, cameras)
    for wrong in WRONG:
        refused = await media.ask(wrong, "held", "tagged")
        assert refused["op"] == "failed", wrong
        assert refused["words"]
