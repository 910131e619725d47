"""What takes a while is followed in a real browser, and called off where an owner wants it no more."""

import pytest

from recorder.client.answers import JobState
from tests.peers.chromium import chromium
from tests.recorder.api.served import wait_for
from tests.recorder.web.browsing import Web, log_in

pytestmark = pytest.mark.peer("chromium")


def reader(message):
    """A reader whose exports come half way, and end when they are called off."""
    told = {"op": "export_progress", "job": message.get("name") or message.get("job"), "total_us": 100, "done_us": 50}
    match message["op"]:
        case "export":
            return [{"op": "exporting", "id": message["id"], "job": message["name"]}, told | {"state": "running"}]
        case "export_cancel":
            return [told | {"state": "cancelled"}]
        case "spans":
            return [{"op": "spans", "id": message["id"], "spans": []}]
        case _:
            return []


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with Web(tmp_path_factory.mktemp("waiting") / "data") as found:
        found.set_up()
        found.owner.add_channel(name="Yard", url="rtsp://127.0.0.1:9/main")
        found.reader = found.beside("reader", reader)
        yield found


@pytest.fixture(scope="module")
def page(web, tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        log_in(browser, web.port)
        browser.until("document.querySelector('.tile')")
        yield browser


def seen(*names):
    """Whether all of these parts of an export can be seen."""
    return " && ".join(f"!document.getElementById('export-{name}').hidden" for name in names)


@pytest.mark.covers("D-BKP-01")
def test_an_export_that_runs_is_called_off_in_the_browser_and_another_begun(web, page):
    page.click(".tile")
    page.until("document.getElementById('channel').open")
    for count in (1, 2):
        page.click("#export-begin")
        page.until("document.getElementById('export-progress').value === 0.5")
        page.until(seen("progress", "cancel"))
        assert page.run("return document.getElementById('export-begin').disabled")
        page.keep("export-running")
        page.click("#export-cancel")
        page.until("document.getElementById('export-words').innerText === 'Cancelled.'")
        page.until(
            "document.getElementById('export-cancel').hidden && document.getElementById('export-progress').hidden"
        )
        page.until("!document.getElementById('export-begin').disabled")
        page.keep("export-cancelled")
        assert [one.state for one in web.owner.exports()] == [JobState.CANCELLED] * count
    assert len(web.reader.of("export_cancel")) == 2
    wait_for(lambda: not list(web.instance.exports.iterdir()))
    page.click("#close")


@pytest.mark.covers("D-BKP-01")
def test_an_export_that_runs_is_found_again_after_a_reload(web, page):
    before = len(web.reader.of("export_cancel"))
    page.click(".tile")
    page.click("#export-begin")
    page.until(seen("progress", "cancel"))
    page.run("location.reload()")
    page.until("document.readyState === 'complete' && !!document.querySelector('.tile')")
    page.click(".tile")
    page.until(seen("progress", "cancel"))
    page.until("document.getElementById('export-progress').value === 0.5")
    assert page.run("return document.getElementById('export-begin').disabled")
    page.keep("export-found-again")
    page.click("#export-cancel")
    page.until("document.getElementById('export-words').innerText === 'Cancelled.'")
    page.until("!document.getElementById('export-begin').disabled")
    assert len(web.reader.of("export_cancel")) == before + 1
    page.click("#close")


ONCE_AWAY = """
    const plain = window.fetch;
    const job = { id: "0123456789ab", page: "storage-basic", action: "rebuild-index", done: 0, total: 0, result: {} };
    const told = (state, words) => new Response(JSON.stringify({ ...job, state, words }));
    window.looks = [() => { throw new TypeError("no way there"); }, () => new Response("{}", { status: 503 }),
      () => told("running", "Half of it."), () => told("done", "All of it.")];
    window.said = [];
    new MutationObserver(() => window.said.push(document.getElementById("settings-words").textContent))
      .observe(document.getElementById("settings-words"), { childList: true });
    window.fetch = async (place, ...more) => String(place).includes("/actions/rebuild-index") ? told("running", "")
      : String(place).includes("/actions/") ? window.looks.shift()() : plain(place, ...more);
"""


def test_the_end_of_an_action_is_told_though_the_recorder_was_away_meanwhile(page):
    page.click("#open-settings")
    page.click("[data-page=storage-basic]")
    page.until("!!document.querySelector('[data-action=rebuild-index]')")
    page.run(ONCE_AWAY)
    page.click("[data-action=rebuild-index]")
    page.until("document.getElementById('settings-words').textContent === 'All of it.'")
    said = page.run("return window.said")
    assert any("does not say how far it is" in one for one in said)
    assert "Half of it." in said
    page.click("#settings-close")
