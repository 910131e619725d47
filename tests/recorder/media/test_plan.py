import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.client.recording import RecordType
from recorder.client.stream import StreamKey, StreamName
from recorder.media.plan import (
    ChannelPlan,
    DamagedPlan,
    Due,
    FullPolicy,
    Plan,
    StoragePlan,
    StreamPlan,
    Transport,
    convert,
    load,
    parse,
    save,
)

PLAN = Plan(
    revision=7,
    made_us=1_700_000_000_000_000,
    channels=(
        ChannelPlan(
            3,
            "Gate Nord",
            (
                StreamPlan(StreamName.MAIN, "rtsp://cam/main", "admin", "sealed:1:x", Transport.UDP),
                StreamPlan(StreamName.SUB, "rtsp://cam/sub"),
            ),
            (Due(1, 2), Due(5, 9, RecordType.MOTION, (StreamName.MAIN, StreamName.SUB), 10)),
        ),
    ),
    storage=StoragePlan(FullPolicy.STOP, 30),
)


def test_a_saved_plan_is_read_back_the_same(tmp_path):
    save(PLAN, tmp_path / "plan.json")
    assert load(tmp_path / "plan.json") == PLAN


def test_a_plan_that_came_as_a_message_is_the_same():
    assert convert(msgspec.json.decode(msgspec.json.encode(PLAN))) == PLAN


def test_without_a_saved_plan_there_is_an_empty_one(tmp_path):
    assert load(tmp_path / "plan.json") == Plan()


def test_the_saved_plan_is_for_this_user_only(tmp_path):
    save(PLAN, tmp_path / "plan.json")
    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600


def test_a_plan_that_cannot_be_saved_leaves_the_old_one_whole(tmp_path, monkeypatch):
    save(PLAN, tmp_path / "plan.json")
    monkeypatch.setattr("os.fsync", lambda _fd: (_ for _ in ()).throw(OSError(28, "no space")))
    with pytest.raises(OSError, match="no space"):
        save(Plan(revision=8), tmp_path / "plan.json")
    assert load(tmp_path / "plan.json") == PLAN


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"revision":"x"}',
        b'{"channels":[{"number":0,"name":"a"}]}',
        b'{"channels":[{"number":1,"name":"a"},{"number":1,"name":"b"}]}',
        b'{"channels":[{"number":1,"name":"a","streams":[{"stream":"main","url":""},{"stream":"main","url":""}]}]}',
        b'{"channels":[{"number":1,"name":"a","record":[{"start_us":5,"end_us":5}]}]}',
        b'{"channels":[{"number":1,"name":"a","record":[{"start_us":5,"end_us":6,"pre_s":100000}]}]}',
        b"[" * 5000,
    ],
)
def test_a_damaged_plan_is_told_and_not_followed(tmp_path, text):
    (tmp_path / "plan.json").write_bytes(text)
    with pytest.raises(DamagedPlan):
        load(tmp_path / "plan.json")


@given(st.binary(max_size=200))
def test_no_bytes_at_all_are_worse_than_a_damaged_plan(data):
    encoded = msgspec.json.encode(PLAN)
    for text in (data, encoded[: len(data)] + data + encoded[2 * len(data) :]):
        with contextlib.suppress(DamagedPlan):
            parse(text)


def test_streams_are_found_by_key():
    assert set(PLAN.keys()) == {StreamKey(3, StreamName.MAIN), StreamKey(3, StreamName.SUB)}
