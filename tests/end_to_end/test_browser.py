"""A whole recorder in a real browser: log in, live pictures, a moment of the day, an export that plays."""

import json

import pytest

from tests.end_to_end.conftest import PASSWORD, wait_for
from tests.peers.chromium import chromium

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


def watch_one_channel(browser):
    browser.click(".tile")
    browser.until(f"{VIDEO}.currentTime > 0.5 && document.getElementById('channel-state').textContent === 'live'")


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
        watch_one_channel(browser)
        play_a_moment(browser)
        take_it_away(browser)
        browser.click("#close")
        browser.click("#logout")
        browser.until("!document.getElementById('login').hidden")
