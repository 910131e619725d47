"""A receiver that is not ours takes our reports, in clear and encrypted, and its refusals are understood."""

import contextlib
import socket
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.client.clock import SystemClock
from recorder.events.alarm_centre import Answer, Report, answer, crc, message
from recorder.events.linkage import Lacking
from recorder.events.linkages.centre import AlarmCentre, Centre, CentreFailed
from recorder.events.sources.input_alarm import InputAlarm
from recorder.events.sources.motion_detection import MotionDetection
from recorder.events.sources.picture_faults import VideoLoss
from recorder.events.sources.tampering import VideoTampering
from recorder.settings.errors import BadSetting

pytestmark = pytest.mark.anyio
KEY_TEXT = "0123456789ABCDEF"
"""As pysiaalarm takes keys: the characters are the bytes."""
KEY = KEY_TEXT.encode().hex()


@contextlib.asynccontextmanager
async def receiver(key=None):
    """Run pysiaalarm; gives its port, and the events that it took."""
    from pysiaalarm.aio import SIAAccount, SIAClient

    taken = []

    async def take(event):
        taken.append(event)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = SIAClient("127.0.0.1", port, [SIAAccount("1234", key)], function=take)
    await client.async_start(reuse_port=True)
    try:
        yield port, taken
    finally:
        await client.async_stop()


@pytest.fixture
def site(bench):
    clock = SimpleNamespace(now_us=SystemClock().now_us, monotonic_us=bench.clock.monotonic_us)
    linkage = Centre(SimpleNamespace(settings=bench.settings, clock=clock), bench.engine)
    bench.change(AlarmCentre, host="127.0.0.1", account="1234", test_h=0)
    return SimpleNamespace(bench=bench, linkage=linkage, clock=clock)


def event(site, rule=InputAlarm, item="IN1", channel=0, words='Door "A" [open] | é'):
    site.bench.change(rule, item, centre=True, anti_dither_s=0)
    return site.bench.engine.begin(rule, item, words=words, channel=channel), site.bench.rules.get(rule, item)


@pytest.mark.covers("D-LINK-04", "D-NET-17")
@pytest.mark.parametrize("key", [None, KEY], ids=["clear", "encrypted"])
async def test_the_centre_takes_an_alarm_and_its_end(site, key):
    async with receiver(key and KEY_TEXT) as (port, taken):
        site.bench.change(AlarmCentre, port=port, key=key or "")
        asked = event(site)
        await site.linkage.begin(*asked)
        await site.linkage.end(*asked)
        trouble = event(site, VideoLoss, "3", 3, "Gate gives no picture.")
        await site.linkage.begin(*trouble)
    assert [(one.account, one.ri, one.code) for one in taken] == [
        ("1234", "0", "BA"),
        ("1234", "0", "BR"),
        ("1234", "3", "UT"),
    ]
    assert taken[0].message == "^Door ?A? ?open? ? ?^"
    assert len({one.sequence for one in taken}) == 3


async def test_what_cameras_see_is_an_alarm_and_no_trouble(site):
    async with receiver() as (port, taken):
        site.bench.change(AlarmCentre, port=port)
        for rule in (MotionDetection, VideoTampering):
            await site.linkage.begin(*event(site, rule, "2", 2, "Seen."))
    assert [(one.ri, one.code) for one in taken] == [("2", "BA"), ("2", "BA")]


@pytest.mark.covers("D-NET-17")
async def test_a_test_report_is_sent_at_once_and_then_every_so_many_hours(site):
    async with receiver() as (port, taken):
        site.bench.change(AlarmCentre, port=port, test_h=24)
        for hours in (0, 23.9, 0.1, 0):
            site.bench.clock.advance(hours * 3600)
            await site.linkage.look()
    assert [one.code for one in taken] == ["RP", "RP"]


async def test_a_clock_that_is_wrong_and_a_wrong_key_are_told(site):
    async with receiver(KEY_TEXT) as (port, taken):
        site.bench.change(AlarmCentre, port=port, key=KEY)
        site.clock.now_us = lambda: SystemClock().now_us() - 3600 * 1_000_000
        with pytest.raises(CentreFailed, match="clock"):
            await site.linkage.begin(*event(site))
    assert taken == []


async def test_nobody_there_is_told(site):
    site.bench.change(AlarmCentre, port=1)
    with pytest.raises(CentreFailed):
        await site.linkage.begin(*event(site))


@pytest.mark.covers("D-RULE-03")
async def test_without_an_account_nothing_is_reported(site):
    site.bench.change(AlarmCentre, account="")
    with pytest.raises(Lacking):
        await site.linkage.begin(*event(site))


@pytest.mark.parametrize(
    "values", [{"account": "12"}, {"account": "XYZ1"}, {"account": "1" * 17}, {"key": "12"}, {"key": "g" * 32}]
)
def test_what_is_no_account_and_no_key_is_refused(bench, values):
    with pytest.raises(BadSetting):
        bench.change(AlarmCentre, **values)


@given(st.text(max_size=200), st.sampled_from([b"", bytes(16), bytes(32)]))
def test_whatever_stands_in_an_event_the_message_keeps_its_form(words, key):
    said = message(Report("BA", 5, words), "1234", 7, 0, key)
    assert (said[:1], said[-1:]) == (b"\n", b"\r")
    assert said.count(b"\n") == said.count(b"\r") == said.count(b"[") == 1
    assert (int(said[1:5], 16), int(said[5:9], 16)) == (crc(said[9:-1]), len(said[9:-1]))


def acknowledged(text, number=None):
    body = text.encode()
    return f"\n{crc(body) if number is None else number:04X}0{len(body):03X}{text}\r".encode()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (acknowledged('"ACK"0007L0#1234[]'), Answer.ACK),
        (acknowledged('"ACK"0008L0#1234[]'), None),
        (acknowledged('"ACK"0007L0#1234[]', 1), None),
        (acknowledged('"DUH"0007L0#1234[]'), Answer.DUH),
        (acknowledged('"NAK"0000R0L0A0[]'), Answer.NAK),
        (b"", None),
        (b"\n\xff\xff\r", None),
        (acknowledged('"ACK"0007L0#1234[]')[:-1], None),
    ],
)
def test_an_answer_is_believed_only_whole_and_to_what_was_said(said, meant):
    assert answer(said, 7) is meant
