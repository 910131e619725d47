"""Every settings page in a real browser: a form of each, refusals at their field, buttons with their questions."""

import json

import pytest

from tests.end_to_end.conftest import PASSWORD, wait_for
from tests.peers.chromium import chromium

READY = "document.querySelectorAll('#settings-fields .row').length > 0"
ASKED = "!!document.querySelector('dialog[open]:not(#settings)')"
NOTHING = "document.getElementById('settings-words').textContent === 'There is nothing to set here.'"
NONE_YET = "!!document.querySelector('#settings-actions button[data-action=add]')"


def value(browser, field, put=None):
    place = f"#settings-fields [data-field={field}] input, [data-field={field}] select"
    if put is not None:
        browser.on(place, f"it.value = {json.dumps(put)}")
    return browser.on(place, "return it.value")


def stored(recorder, *page):
    return json.loads(recorder.command("settings", "get", *page))


BELOW_ITS_TITLE = """
const tops = [...document.querySelectorAll("#settings-fields .week, #settings-fields .painted")].map((one) =>
  one.getBoundingClientRect().top - one.closest(".field").querySelector(".title").getBoundingClientRect().top);
return Math.max(0, ...tops);
"""
"""How many pixels below the top of its title a week or a picture to paint on begins; one line of text has 22."""


def open_page(browser, name):
    button = f"#settings-pages button[data-page={name}]"
    # The list is longer than its window: a driver clicks what lies at its edge, too.
    browser.on(button, "it.scrollIntoView({block: 'center'})")
    browser.click(button)
    browser.until(f"document.querySelector('#settings-pages button[data-page={name}][aria-current]')")


def read_the_log(browser):
    """Who logged in stands in it; it is narrowed, opened, checked, and another text finds nothing (D-MNT-01)."""
    browser.click("#open-log")
    browser.until("document.querySelectorAll('#log-rows .entry').length > 2")
    browser.on("#log-filter [name=types]", "it.value = 'account'")
    browser.type("#log-filter [name=text]", "begun")
    browser.until("document.querySelector('#log-rows .entry:only-child summary')?.textContent.includes('Login: begun')")
    browser.click("#log-rows summary")
    browser.until("document.querySelector('#log-rows dd').offsetHeight > 0")
    browser.until("document.getElementById('log-export').href.includes('types=account&text=begun')")
    browser.click("#log-check")
    browser.until("document.getElementById('log-words').textContent.includes('as they were written')")
    browser.type("#log-filter [name=text]", "zzz")
    browser.until("document.getElementById('log-words').textContent === 'No entry fits.'")
    browser.click("#log-close")


@pytest.mark.peer("chromium")
@pytest.mark.covers("D-RULE-12")
def test_every_page_has_a_form_in_a_browser_and_is_changed_there(run_recorder, tmp_path):
    with run_recorder() as recorder, chromium(tmp_path / "profile") as browser:
        # A camera that is not there: a moving picture behind the pages would cost the browser more than all of them.
        recorder.command("channel", "add", "--name", "Hall", "--url", "rtsp://127.0.0.1:9/nothing")
        wait_for(lambda: recorder.status()["disks"], 60)
        port = json.loads((recorder.instance.run / "web.json").read_text())["port"]
        browser.open(f"https://127.0.0.1:{port}/")
        browser.until("!document.getElementById('login').hidden")
        browser.type("input[name=password]", PASSWORD)
        browser.click("#login-do")
        browser.until("!document.getElementById('app').hidden")
        read_the_log(browser)
        browser.click("#open-settings")
        browser.until(READY)

        pages = {line.split()[0] for line in recorder.command("settings", "list").splitlines()}
        shown = browser.run(
            "return [...document.querySelectorAll('#settings-pages button')].map((one) => one.dataset.page)"
        )
        assert set(shown) == pages
        for name in shown:
            open_page(browser, name)
            browser.until(f"{READY} || {NONE_YET} || {NOTHING}")
            if browser.run(f"return {NOTHING}"):
                continue  # named items, of which there are none yet
            if not browser.run(f"return {READY}"):
                browser.click("#settings-actions button[data-action=add]")
                browser.until(f"{READY} || {ASKED}")
                if browser.run(f"return {ASKED}"):
                    browser.on("dialog[open]:not(#settings)", "it.close()")
                    continue  # a name is asked for first
            unknown = browser.run("return [...document.querySelectorAll('#settings-fields code')].length")
            assert unknown == 0, f"{name} has a field that no control is for"
            assert browser.run(BELOW_ITS_TITLE) < 60, name

        open_page(browser, "general")
        browser.until(READY)
        value(browser, "recorder_name", "Barn")
        save(browser, "Saved.")
        value(browser, "instant_playback_min", "2")
        browser.click("#settings-form [type=submit]")
        browser.until("document.querySelector('[data-field=instant_playback_min] .error').textContent.includes('5')")
        browser.run("window.confirm = (asked) => { window.asked = asked; return true; }")
        general = stored(recorder, "general")
        assert (general["recorder_name"], general["instant_playback_min"]) == ("Barn", 5)

        open_page(browser, "storage-basic")
        browser.until(READY)
        value(browser, "expiry_days", "30")
        browser.run("window.confirm = (asked) => { window.asked = asked; return false; }")
        browser.click("#settings-form [type=submit]")
        browser.until("(window.asked || '').includes('cannot be brought back')")
        assert stored(recorder, "storage-basic")["expiry_days"] == 0
        browser.run("window.confirm = (asked) => { window.asked = asked; return true; }")
        save(browser, "Saved.")
        assert stored(recorder, "storage-basic")["expiry_days"] == 30
        # Kept for longer again nothing is lost, and nothing is asked.
        browser.run("window.asked = ''")
        value(browser, "expiry_days", "60")
        save(browser, "Saved.")
        assert browser.run("return window.asked") == ""
        value(browser, "expiry_days", "61")

        open_page(browser, "record-schedule")
        assert "not saved" in browser.run("return window.asked")
        browser.until(READY)
        browser.click(".week .day:nth-child(2) .period button")
        save(browser, "Saved.")
        week = stored(recorder, "record-schedule", "--channel", "1")["week"]["days"]
        assert [len(day) for day in week] == [1, 0, 1, 1, 1, 1, 1]

        browser.click("[data-action=clear-days]")
        browser.until("!!document.querySelector('dialog.small[open]')")
        browser.click("dialog.small .checks label:nth-child(7) input")
        browser.click("dialog.small .bar button:last-child")
        browser.until("document.querySelectorAll('.week .day:nth-child(7) .period').length === 0")

        open_page(browser, "pool")
        browser.until(READY)
        browser.on("#settings-item", "it.value = '2'; it.dispatchEvent(new Event('change'))")
        browser.until("document.getElementById('settings-item').value === '2' && " + READY)
        value(browser, "name", "Gates")
        save(browser, "Saved.")
        assert stored(recorder, "pool", "--item", "2")["name"] == "Gates"
        browser.keep("settings")
        # A browser notes every refused request; mistakes of the page are something else.
        assert [one for one in browser.complaints() if "Failed to load resource" not in one] == []


def save(browser, words):
    # What was said of another page is no answer.
    browser.on("#settings-words", "it.textContent = ''")
    browser.click("#settings-form [type=submit]")
    browser.until(f"document.getElementById('settings-words').textContent === {json.dumps(words)}")
