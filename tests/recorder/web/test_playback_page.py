"""Recorded time is played in a real browser: record types left out, either stream, a part of the picture large."""

import time

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.tap import EpochMessage
from tests.peers.chromium import chromium
from tests.recorder.api.served import wait_for
from tests.recorder.web.browsing import Web, log_in
from tests.recorder.web.footage import encode, sample_frame

pytestmark = pytest.mark.peer("chromium")
MINUTE_US = 60 * SECOND_US
DAY_US = 24 * 60 * MINUTE_US
NOON_US = time.time_ns() // 1000 // DAY_US * DAY_US - DAY_US // 2
"""Of yesterday, in UTC: the zone of a recorder that nobody set up."""


def minutes(begin, end):
    return NOON_US + begin * MINUTE_US, NOON_US + end * MINUTE_US


FOOTAGE = {
    "main": [("general", minutes(0, 10)), ("motion", minutes(10, 12)), ("general", minutes(12, 20)),
             ("motion&alarm", minutes(20, 21)), ("general", minutes(21, 60))],
    "sub": [("general", minutes(0, 60))],
}  # fmt: skip
VIDEO = "document.getElementById('video')"
PLAYING = f"{VIDEO}.src.includes('/media/recorded/')"
CENTRE = """
    const box = it.getBoundingClientRect(), stage = it.parentElement.getBoundingClientRect();
    return [box.width / stage.width, box.left - stage.left, box.top - stage.top, stage.width, stage.height];
"""


def reader_of(pieces):
    epoch, samples = pieces

    def answer(message):
        start_us, end_us = message.get("start_us", 0), message.get("end_us", 0)
        match message["op"]:
            case "spans":
                spans = [
                    {"start_us": max(a, start_us), "end_us": min(b, end_us), "type": kind, "bytes": 1000}
                    for kind, (a, b) in FOOTAGE[message["stream"]]
                    if a < end_us and b > start_us
                ]
                return [{"op": "spans", "id": message["id"], "spans": spans}]
            case "subscribe":
                sent = [sample_frame(message["id"], 1, one) for one in samples]
                return [
                    EpochMessage(message["id"], epoch),
                    *sent,
                    {"op": "ended", "id": message["id"], "reason": "end"},
                ]
            case _:
                return []

    return answer


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    epoch, samples, _frames = encode(width=320, height=180)
    with Web(tmp_path_factory.mktemp("playback") / "data") as found:
        found.set_up()
        found.owner.add_channel(name="Yard", url="rtsp://127.0.0.1:9/main")
        found.reader = found.beside("reader", reader_of((epoch, samples)))
        yield found


@pytest.fixture(scope="module")
def page(web, tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        log_in(browser, web.port)
        browser.until("document.querySelector('.tile')")
        browser.click(".tile")
        browser.click("#day-back")
        browser.until("document.querySelectorAll('#timeline i').length > 3")
        yield browser


def played(web):
    return [(one["stream"], one["from_us"], one["until_us"]) for one in web.reader.of("subscribe")]


def play_noon(page):
    page.press("#timeline", 0.5001, 0.5)


def shown(page):
    return page.run("return [...new Set([...document.querySelectorAll('#timeline i')].map((one) => one.className))]")


@pytest.mark.covers("D-PLAY-07", "D-PLAY-08")
def test_record_types_that_are_not_ticked_are_neither_shown_nor_played(web, page):
    assert page.run("return document.getElementById('types').innerText.split(/\\s+/)") == ["General", "Motion", "Alarm"]
    page.click("#types [data-kind=general]")
    assert shown(page) == ["motion", "motion&alarm"]
    page.keep("playback-types")
    play_noon(page)
    # Both stretches come one after the other, the general footage between them does not.
    wait_for(lambda: played(web) == [("main", *minutes(10, 12)), ("main", *minutes(20, 21))])
    page.until("document.getElementById('channel-state').innerText === 'end of footage'")
    page.click("#types [data-kind=motion]")
    page.click("#types [data-kind=alarm]")
    assert page.run("return document.querySelector('#types [data-kind=alarm]').checked"), "the last one stays"
    page.click("#types [data-kind=general]")
    page.click("#types [data-kind=motion]")
    assert set(shown(page)) == {"general", "motion", "motion&alarm"}


@pytest.mark.covers("D-PLAY-06")
def test_the_sub_stream_is_played_and_taken_away_where_it_is_chosen(web, page):
    page.run("const it = document.getElementById('stream'); it.value = 'sub'; it.onchange()")
    page.until("document.querySelectorAll('#timeline i').length === 1 && document.getElementById('types').hidden")
    # What was played before goes on where it was.
    wait_for(lambda: played(web)[-1][0] == "sub")
    assert abs(played(web)[-1][1] - minutes(20, 21)[0]) < MINUTE_US
    play_noon(page)
    wait_for(lambda: abs(played(web)[-1][1] - NOON_US) < 5 * MINUTE_US)
    assert played(web)[-1][0] == "sub"
    page.until(f"{PLAYING} && {VIDEO}.src.includes('/1/sub?') && {VIDEO}.currentTime > 0")
    page.keep("playback-sub")
    page.click("#export-begin")
    assert [one["stream"] for one in web.reader.wait_for("export")] == ["sub"]
    page.run("const it = document.getElementById('stream'); it.value = 'main'; it.onchange()")
    page.until("document.querySelectorAll('#timeline i').length > 3")


@pytest.mark.covers("D-PLAY-11")
def test_the_wheel_enlarges_the_picture_about_the_pointer_and_dragging_moves_it(page):
    play_noon(page)
    page.until(f"{PLAYING} && {VIDEO}.videoWidth === 320")
    before = page.on("#video", CENTRE)
    assert before[:3] == [1, 0, 0]
    for _each in range(4):
        page.wheel("#video", 0.25, 0.5, -120)
    times, left, top, width, height = page.on("#video", CENTRE)
    assert times == pytest.approx(4, abs=0.01)
    # What was under the pointer is there still.
    assert (0.25 * width - left) / times == pytest.approx(0.25 * width, abs=3)
    assert (0.5 * height - top) / times == pytest.approx(0.5 * height, abs=3)
    page.keep("playback-zoom")
    # What stands does not come to an end by itself meanwhile.
    page.run(f"{VIDEO}.pause()")
    page.drag(".stage", -0.25, 0)
    assert page.on("#video", CENTRE)[1] == pytest.approx(left - 0.25 * width, abs=4)
    assert page.run(f"return {VIDEO}.paused"), "a drag is no click"
    page.click("#whole")
    assert page.on("#video", CENTRE)[:3] == [1, 0, 0]
    assert page.run("return document.getElementById('whole').hidden")
