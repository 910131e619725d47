"""The front panel in real browsers: what is touched there reaches the product, and what the product does is seen."""

import pytest

from hal.kinds.alarm_input import AlarmInputState
from tests.peers.chromium import chromium
from tests.peers.firefox import firefox

pytestmark = pytest.mark.xdist_group("panel")
BROWSERS = [pytest.param(start, marks=pytest.mark.peer(start.__name__)) for start in (chromium, firefox)]


@pytest.fixture(scope="module", params=BROWSERS, ids=lambda start: start.__name__)
def page(case, request, tmp_path_factory):
    with request.param(tmp_path_factory.mktemp("browser")) as browser:
        browser.open(case.address)
        browser.until("document.body.classList.contains('ready')")
        yield browser


def until(client, true):
    """Wait for a change that a client of hal is told."""
    while True:
        found = client.next()
        if true(found):
            return found


@pytest.mark.covers("D-ALM-03")
def test_an_input_that_is_toggled_on_the_page_arrives_at_a_client_of_hal(case, page):
    with case.hal() as client:
        client.watch()
        page.click("[data-slot=inputs] button:nth-child(2)")
        edge = until(client, lambda one: isinstance(one, AlarmInputState) and one.name == "IN2")
    assert edge.active
    page.until("document.querySelector('[data-slot=inputs] button:nth-child(2)').ariaPressed === 'true'")
    page.click("[data-slot=inputs] button:nth-child(2)")
    page.until("document.querySelector('[data-slot=inputs] button:nth-child(2)').ariaPressed === 'false'")


def test_a_relay_that_the_product_closes_is_seen(case, page):
    with case.hal() as client:
        client.call("relay", "OUT2", "switch", closed=True)
        page.until("document.querySelector('[data-slot=outputs] div:nth-child(2).closed') !== null")
        client.call("relay", "OUT2", "switch", closed=False)
        page.until("document.querySelector('[data-slot=outputs] div:nth-child(2).closed') === null")


@pytest.mark.covers("D-LED-05")
def test_a_light_and_the_buzzer_of_an_alarm_are_seen(case, page):
    with case.hal() as client:
        client.call("indicator", "ALARM", "show", meaning="alarm", holds=True)
        client.call("buzzer", "BUZZER", "play", sound="alarm")
        page.until("document.querySelector('[aria-label=\"ALARM light blink\"]') !== null")
        page.until("document.querySelector('.buzzer.sounding') !== null")
        client.call("indicator", "ALARM", "show", meaning="alarm", holds=False)
        client.call("buzzer", "BUZZER", "silence")
        page.until("document.querySelector('[aria-label=\"ALARM light off\"]') !== null")
        page.until("document.querySelector('.buzzer.sounding') === null")


def test_the_picture_of_the_screen_is_live_and_takes_mouse_and_keyboard(case, page):
    page.until("Number(document.getElementById('screen').dataset.drawn) > 0")
    assert page.run("const c = document.getElementById('screen'); return [c.width, c.height]") == [1280, 720]
    drawn = page.run("return Number(document.getElementById('screen').dataset.drawn)")
    page.press("#screen", 1 / 2, 1 / 5, "right")
    case.screen.until(lambda tree: len(tree["pages"]) > 1)
    page.until(f"Number(document.getElementById('screen').dataset.drawn) > {drawn}")
    page.type("#screen", "\ue00c")  # WebDriver's code of the escape key
    case.screen.until(lambda tree: len(tree["pages"]) == 1)


@pytest.mark.covers("D-LED-08", "D-IR-11", "D-IR-13")
def test_a_key_of_the_remote_moves_the_focus_of_the_screen(case, page):
    before = case.screen.focus
    page.click("#remote [data-key=menu]")
    case.screen.until(lambda tree: len(tree["pages"]) > 1)
    opened = case.screen.focus
    page.click("#remote [data-key=down]")
    case.screen.until(lambda tree: (tree["focus"] or "").rpartition("/")[2] != opened)
    page.click("#remote [data-key=back]")
    case.screen.until(lambda tree: len(tree["pages"]) == 1)
    assert case.screen.focus == before


def test_cameras_are_plugged_into_ports_and_their_watts_are_seen(case, page):
    page.choose("[data-slot=ports] .port:nth-child(3) .jack", "Plug in camera 1")
    page.until("document.querySelector('[data-slot=ports] .port:nth-child(3) .watts').innerText.endsWith(' W')")
    with case.hal() as client:
        supply = next(one for one in client.devices() if one.kind == "poe_supply")
        assert supply.ports[2].watts > 1
    page.choose("[data-slot=ports] .port:nth-child(3) .jack", "Pull the cable")
    page.until("document.querySelector('[data-slot=ports] .port:nth-child(3) .watts').innerText === ''")


def test_a_disk_is_pushed_in_and_pulled(case, page):
    bay = "[data-slot=bays] .bay:nth-child(2)"
    page.choose(f"{bay} .drawer", "Push in a new disk")
    page.until(f"!document.querySelector('{bay}').classList.contains('empty')")
    with case.hal() as client:
        assert next(one for one in client.devices() if (one.kind, one.name) == ("bay", "2")).occupied
        for holds, colour in ((True, "amber"), (False, "green")):
            client.call("indicator", "BAY2", "show", meaning="locate", holds=holds)
            page.until(f"document.querySelector('{bay} .lamp').dataset.colour === '{colour}'")
    page.choose(f"{bay} .drawer", "Pull the disk")
    page.until(f"document.querySelector('{bay}').classList.contains('empty')")


def test_the_plug_is_pulled_and_put_back(case, page):
    def power():
        with case.hal() as client:
            return next(one for one in client.devices() if one.kind == "power")

    page.click(".inlet")
    page.until("document.body.classList.contains('unpowered')")
    assert (power().plugged, power().running) == (False, False)
    page.click(".inlet")
    page.until("!document.body.classList.contains('unpowered')")
    assert (power().plugged, power().running) == (True, True)


def test_the_console_has_nothing_to_complain_of(page):
    assert page.complaints() == []
