"""A whole recorder in a real browser: log in, live pictures, a moment of the day, an export that plays."""

import json
from datetime import UTC, datetime

import pytest

from recorder.client.clock import SystemClock
from recorder.client.grants import Grant
from recorder.client.stream import StreamName
from recorder.control.mint import Mint
from tests.end_to_end.conftest import PASSWORD, wait_for
from tests.peers.chromium import chromium

SHORT_US = 6_000_000
SHORTEN_THE_FIRST_GRANT = """
const real = window.fetch;
window.granted = 0;
window.fetch = async (where, how) => {
  const answer = await real(where, how);
  if (!String(where).endsWith('/grants')) return answer;
  const told = await answer.json();
  window.granted += 1;
  return new Response(JSON.stringify(window.granted > 1 ? told : { ...told, token: %s }), answer);
};
"""
VIDEO = "document.getElementById('video')"
PLAY_THE_EXPORT = """
const video = document.createElement('video');
video.muted = true;
video.src = document.querySelector('#export-words a').href;
return new Promise((done) => {
  video.onerror = () => done(video.error.message);
  video.ontimeupdate = () => { if (video.currentTime > 0.5) done([video.videoWidth, video.videoHeight]); };
  video.play().catch((error) => done(String(error)));
});
"""


def log_in(browser):
    browser.until("!document.getElementById('login').hidden")
    browser.type("input[name=password]", "no password of ours")
    browser.click("#login-do")
    browser.until("document.getElementById('login-error').textContent.includes('wrong')")
    browser.fill("input[name=password]", PASSWORD)
    browser.click("#login-do")


def watch_the_wall(browser):
    moving = "[...document.querySelectorAll('.tile video')].filter((one) => one.currentTime > 0.5).length"
    browser.until(f"{moving} === 1")
    # The other camera is not there: its tile says so.
    browser.until("document.getElementById('wall').innerText.includes('No answer from the camera since')")


def watch_one_channel(browser, instance):
    """Live pictures go on when their grant is over: the page asks for another."""
    now_us = SystemClock().now_us()
    short = Grant((1,), (StreamName.MAIN, StreamName.SUB), False, now_us, 0, True, now_us + SHORT_US)
    browser.run(SHORTEN_THE_FIRST_GRANT % json.dumps(Mint(instance).sign(short)))
    browser.click(".tile")
    live = f"{VIDEO}.currentTime > 0.5 && document.getElementById('channel-state').textContent === 'live'"
    browser.until(f"window.granted === 1 && {live}")
    browser.until(f"window.granted === 2 && {live}")


def play_a_moment(browser):
    # The footage is minutes old, a pixel or two of a day: look at it closer first.
    browser.until("document.querySelector('#timeline i')")
    browser.on(
        "#timeline",
        """
        const told = () => { const box = it.querySelector('i').getBoundingClientRect();
          return { clientX: box.left + box.width / 4, clientY: box.top + 1, bubbles: true, cancelable: true }; };
        for (let turn = 0; turn < 20; turn += 1) it.dispatchEvent(new WheelEvent('wheel', { ...told(), deltaY: -1 }));
        it.dispatchEvent(new MouseEvent('click', told()));
        """,
    )
    browser.until(f"{VIDEO}.src.includes('/media/recorded/') && {VIDEO}.currentTime > 0.5")


def take_the_right_one_of_two_equal_hours(browser):
    """On 2026-10-25 in Berlin 02:30:00 comes twice: at 00:30 and at 01:30 UTC."""
    twice = [round(datetime(2026, 10, 25, hour, 30, tzinfo=UTC).timestamp()) * 1000 for hour in (0, 1)]
    asked = ", ".join(f"clock.nearest({twice[0]}, '02:30', {one + 250})" for one in twice)
    typed = f"clock.fieldTime(clock.nearest({twice[0]}, '02:31', {twice[0]}))"
    found = browser.run(
        f"return import('/clock.js').then((clock) => {{ clock.setZone('Europe/Berlin'); return [{asked}, {typed}]; }})"
    )
    assert found == [*twice, "02:31:00"]


def take_it_away(browser):
    browser.click("#export-form button")
    browser.until("document.querySelector('#export-words a')")
    assert browser.run(PLAY_THE_EXPORT) == [640, 360]


@pytest.mark.covers("D-WEB-01", "D-WEB-02", "D-WEB-05", "D-WEB-06", "D-WEB-12", "D-SEC-04", "V-USR-01", "V-EXP-01")
@pytest.mark.peer("chromium")
def test_the_main_job_is_done_in_a_browser(run_recorder, camera, tmp_path):
    with run_recorder() as recorder, chromium(tmp_path / "profile") as browser:
        recorder.command("channel", "add", "--name", "Hall", "--url", camera)
        recorder.command("channel", "add", "--name", "Gone", "--url", "rtsp://127.0.0.1:9/nothing")
        wait_for(lambda: sum(one["bytes"] for one in recorder.spans(1)), 60)
        port = json.loads((recorder.instance.run / "web.json").read_text())["port"]
        browser.open(f"https://127.0.0.1:{port}/")
        log_in(browser)
        watch_the_wall(browser)
        watch_one_channel(browser, recorder.instance)
        play_a_moment(browser)
        take_it_away(browser)
        take_the_right_one_of_two_equal_hours(browser)
        browser.click("#close")
        browser.click("#logout")
        browser.until("!document.getElementById('login').hidden")
