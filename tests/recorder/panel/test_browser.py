"""The front panel in real browsers: what is touched there reaches the product, and what the product does is seen."""

from pathlib import Path

import pytest

from hal.kinds.alarm_input import AlarmInputState
from hal.kinds.serial_port import SerialHeard
from tests.peers.chromium import chromium
from tests.peers.firefox import firefox
from tests.recorder.api.served import wait_for

pytestmark = pytest.mark.long
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
    assert page.on("#screen", "return [it.width, it.height]") == [1280, 720]
    drawn = page.on("#screen", "return Number(it.dataset.drawn)")
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
        shines = lambda lamp, light: page.until(f"document.querySelector('{bay} .{lamp}').dataset.light === '{light}'")  # noqa: E731
        for holds, light in ((True, "fast"), (False, "off")):
            client.call("indicator", "BAY2", "show", meaning="locate", holds=holds)
            shines("status", light)
        shines("activity", "steady")
        page.choose(f"{bay} .drawer", "Let it age three years")  # it moves what it moved in that time
        shines("activity", "fast")
    page.choose(f"{bay} .drawer", "Pull the disk")
    page.until(f"document.querySelector('{bay}').classList.contains('empty')")
    page.until(f"document.querySelector('{bay} .activity').dataset.light === 'off'")


def device(case, kind, name):
    with case.hal() as client:
        return next(one for one in client.devices() if (one.kind, one.name) == (kind, name))


def test_a_stick_with_files_is_pushed_in_and_what_was_written_on_it_is_taken_from_the_page(case, page, tmp_path):
    (tmp_path / "note.txt").write_text("from the desk")
    (tmp_path / "big.bin").write_bytes(bytes(range(256)) * 400)
    page.type(".usb-port .files", f"{tmp_path / 'note.txt'}\n{tmp_path / 'big.bin'}")
    page.until("!!document.querySelector('.usb-port.plugged')")
    port = device(case, "usb_port", "USB1")
    place = Path(port.place)
    assert (place / "note.txt").read_text() == "from the desk"
    assert (place / "big.bin").read_bytes() == bytes(range(256)) * 400

    (place / "Yard").mkdir()
    (place / "Yard" / "clip 1.mp4").write_text("a clip")
    page.choose(".usb", "See what is on it")
    link = "[...document.querySelectorAll('.contents a')].find((one) => one.innerText === 'Yard/clip 1.mp4')"
    page.until(f"!!{link}")
    assert page.run(f"return fetch({link}.href).then((one) => one.text())") == "a clip"
    page.click(".contents button")

    page.choose(".usb", f"Pull {port.label}")
    page.until("!document.querySelector('.usb-port.plugged')")
    assert not place.exists()
    page.choose(".usb", f"Push in {port.label} (3 files)")
    page.until("!!document.querySelector('.usb-port.plugged')")
    assert (place / "Yard" / "clip 1.mp4").exists()
    page.choose(".usb", f"Pull {port.label}")
    page.until("!document.querySelector('.usb-port.plugged')")


def test_a_dome_that_the_product_moves_turns_on_the_page(case, page):
    pan = "document.querySelector('.dome:nth-child(2) .ball').style.getPropertyValue('--pan')"
    before = page.on(".dome:nth-child(2) .ball", "return it.style.getPropertyValue('--pan')")
    with case.hal() as client:
        client.call("ptz_bus", "RS485", "move", dome={"address": 2}, pan=1.0)
        page.until(f"{pan} !== '{before}'")
        client.call("ptz_bus", "RS485", "stop", dome={"address": 2})
        client.call("ptz_bus", "RS485", "act", dome={"address": 2}, action="preset_set", number=7)
        page.until("!document.querySelector('.dome.moving')")
        wait_for(lambda: "7" in client.simulate("ptz_bus", "RS485", "presets", address=2))
    page.click(".dome:nth-child(2) .ball")
    page.until("[...document.querySelectorAll('.dome .told')].some((one) => one.innerText.startsWith('Preset 7: '))")
    page.choose_open("Turn it left by hand")


def test_a_till_prints_at_its_serial_port(case, page):
    with case.hal() as client:
        client.watch()
        page.choose("[data-slot=serial] .com:nth-child(2) .dsub", "The till prints")
        heard = until(client, lambda one: isinstance(one, SerialHeard) and one.text.startswith("TOTAL"))
    assert heard.name == "COM2"


def test_the_cables_of_network_and_monitor_are_pulled_and_put_back(case, page):
    page.choose("[data-slot=network] .jack", "Pull the cable")
    page.until("!document.querySelector('[data-slot=network] .port.plugged')")
    assert not device(case, "network_interface", "LAN1").link
    page.choose("[data-slot=network] .jack", "Plug the cable in")
    page.until("!!document.querySelector('[data-slot=network] .port.plugged')")
    page.click(".hdmi")
    page.until("document.body.classList.contains('no-monitor')")
    assert not device(case, "display", "HDMI1").connected
    page.click(".hdmi")
    page.until("!document.body.classList.contains('no-monitor')")


def test_a_cable_is_known_on_a_page_that_is_opened_after_its_port_was_switched_off(case, page):
    jack = "[data-slot=ports] .port:nth-child(6)"
    page.choose(f"{jack} .jack", "Plug in camera 2")
    page.until(f"document.querySelector('{jack} .address').innerText.startsWith('.')")
    with case.hal() as client:
        client.call("poe_supply", "PSE", "disable", port=6)
        page.open(f"{case.origin}/")
        page.until(f"!!document.querySelector('{jack}.plugged')")
        page.until(f"document.querySelector('{jack} .watts').innerText === ''")
        client.call("poe_supply", "PSE", "enable", port=6)
    page.choose(f"{jack} .jack", "Pull the cable")
    page.until(f"!document.querySelector('{jack}.plugged')")


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
