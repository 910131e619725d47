"""Motion is searched in a real browser: a painted region, moments, marks on the timeline, and what nobody looked at."""

import time

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.grid import WHOLE, cell, from_text
from tests.peers.chromium import chromium
from tests.recorder.web.browsing import Web, log_in

pytestmark = pytest.mark.peer("chromium")
MINUTE_US = 60 * SECOND_US
NOW_US = time.time_ns() // 1000 // SECOND_US * SECOND_US
FOOTAGE = (NOW_US - 60 * MINUTE_US, NOW_US - MINUTE_US)
ANALYSED = (NOW_US - 40 * MINUTE_US, NOW_US - MINUTE_US)
MOVED = {
    (NOW_US - 30 * MINUTE_US, NOW_US - 29 * MINUTE_US): cell(5, 4),
    (NOW_US - 20 * MINUTE_US, NOW_US - 19 * MINUTE_US): cell(16, 13),
}


def reader(message):
    """As the reader process answers, of the footage above."""
    start_us, end_us = message.get("start_us", 0), message.get("end_us", 0)

    def cut(spans):
        return [[max(a, start_us), min(b, end_us)] for a, b in spans if a < end_us and b > start_us]

    match message["op"]:
        case "spans":
            spans = [{"start_us": a, "end_us": b, "type": "general", "bytes": 1000} for a, b in cut([FOOTAGE])]
            return [{"op": "spans", "id": message["id"], "spans": spans}]
        case "motion":
            region = from_text(message["region"]) if message["region"] else WHOLE
            moved = cut([span for span, cells in MOVED.items() if cells & region])
            return [{"op": "motion", "id": message["id"], "moved": moved, "analysed": cut([ANALYSED])}]
        case _:
            return []


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with Web(tmp_path_factory.mktemp("motion") / "data") as web:
        web.set_up()
        web.owner.add_channel(name="Yard", url="rtsp://127.0.0.1:9/main")
        web.beside("reader", reader)
        with chromium(tmp_path_factory.mktemp("browser")) as browser:
            log_in(browser, web.port)
            browser.until("document.querySelector('.tile')")
            yield browser


@pytest.mark.covers("D-PLAY-13", "V-SRCH-03")
def test_moments_are_found_in_a_painted_region_and_what_was_not_analysed_is_said(page):
    page.click(".tile")
    page.until("document.getElementById('channel').open")
    # Minutes after midnight the footage lies on the day before.
    page.on("#motion-days", "it.value = '3'")
    page.click("#find")
    page.until("document.querySelectorAll('.moment img').length === 2")
    page.until("document.getElementById('motion-words').innerText.includes('2 moments.')")
    page.until(
        "document.getElementById('motion-words').innerText.includes('0 h 20 min recorded without being analysed')"
    )
    page.until("document.querySelectorAll('.moment i.unknown').length === 1")
    page.press("#motion-region", 5.5 / 22, 4.5 / 18)
    page.until("document.querySelectorAll('.moment img').length === 1")
    page.until("document.querySelector('#timeline.searched') !== null")
    page.keep("motion")
    page.click("#motion-everywhere")
    page.until("document.querySelectorAll('.moment img').length === 2")
    page.click("#find")
    page.until("document.getElementById('motion').hidden && !document.querySelector('#timeline.searched')")
    page.click("#close")


HOLD_THE_FIRST_ANSWER = """
    const plain = window.fetch;
    window.fetch = (place, ...more) => !String(place).endsWith("/channels") || window.release ? plain(place, ...more)
      : new Promise((answer) => { window.release = async () => {
          answer(await plain(place, ...more));
          await new Promise((later) => setTimeout(later, 100));
        }; });
"""


@pytest.mark.covers("D-ALM-09.1")
def test_the_region_of_a_rule_is_painted_in_the_browser_as_on_the_screen(page):
    page.run(HOLD_THE_FIRST_ANSWER)
    page.click("#open-settings")
    page.until("!!window.release")
    page.click("[data-page=motion-detection]")
    field = "[data-field=region_2_cells]"
    page.until(f"!!document.querySelector('{field} .region')")
    # What the page before asked for comes now, and changes nothing of this one.
    page.run("return window.release()")
    page.press(f"{field} .region", 3.5 / 22, 2.5 / 18)
    page.keep("region")
    page.click("#settings-form button[type=submit]")
    page.until("document.getElementById('settings-words').innerText === 'Saved.'")
    stored = "return fetch('/api/v1/channels/1/pages/motion-detection').then((one) => one.json())"
    assert page.run(stored)["values"]["region_2_cells"] == "3,2,1,1"
