"""The front panel in a real browser: what is touched there reaches the product, and what the product does is seen."""

import pytest

from hal.kinds.alarm_input import AlarmInputState
from tests.recorder.web.chromium import chromium

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.xdist_group("panel")]


@pytest.fixture(scope="module")
def page(case, tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
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
    page.run("""
        const screen = document.getElementById('screen'), box = screen.getBoundingClientRect();
        const at = {clientX: box.left + box.width / 2, clientY: box.top + box.height / 5, pointerId: 1, bubbles: true};
        screen.setPointerCapture = () => {};
        screen.dispatchEvent(new PointerEvent('pointerdown', {...at, button: 2}));
    """)
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
    page.click("[data-slot=ports] .port:nth-child(3) .jack")
    page.click("[data-slot=ports] .port:nth-child(3) .offer button")
    page.until("document.querySelector('[data-slot=ports] .port:nth-child(3) .watts').innerText.endsWith(' W')")
    with case.hal() as client:
        supply = next(one for one in client.devices() if one.kind == "poe_supply")
        assert supply.ports[2].watts > 1
    page.click("[data-slot=ports] .port:nth-child(3) .jack")
    page.click("[data-slot=ports] .port:nth-child(3) .offer button")
    page.until("document.querySelector('[data-slot=ports] .port:nth-child(3) .watts').innerText === ''")


def test_a_disk_is_pushed_in_and_pulled(case, page):
    bay = "[data-slot=bays] .bay:nth-child(2)"
    page.click(f"{bay} .drawer")
    page.click(f"{bay} .offer button:last-child")
    page.until(f"!document.querySelector('{bay}').classList.contains('empty')")
    with case.hal() as client:
        assert next(one for one in client.devices() if (one.kind, one.name) == ("bay", "2")).occupied
        for holds, colour in ((True, "amber"), (False, "green")):
            client.call("indicator", "BAY2", "show", meaning="locate", holds=holds)
            page.until(f"document.querySelector('{bay} .lamp').dataset.colour === '{colour}'")
    page.click(f"{bay} .drawer")
    page.click(f"{bay} .offer button")
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
