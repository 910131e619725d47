"""The front panel of a whole recorder, touched as a person does: in a real browser, and everything else is the product.

Mouse and keyboard of the screen are those of the page, forwarded to the picture of its monitor.
"""

import contextlib
import json

import av
import pytest

from hal.client import HalClient
from recorder.client.api import ApiClient
from tests.end_to_end.conftest import PASSWORD, wait_for
from tests.gui.remote import RemoteScreen, named, tiles
from tests.peers.chromium import chromium

PATIENCE_S = 90
# WebDriver's codes of keys (section 17.4.2).
KEYS = {
    "up": "\ue013", "down": "\ue015", "left": "\ue012", "right": "\ue014", "ok": "\ue007", "back": "\ue00c",
    "menu": "\ue03a", "backspace": "\ue003", "end": "\ue010", "space": " ",
}  # fmt: skip


class Desk(RemoteScreen):
    """A screen that is looked at through gui.sock, and driven by the keyboard before the page's picture of it."""

    def __init__(self, recorder, page):
        super().__init__(recorder.data, PATIENCE_S)
        self.page_of_panel = page

    def give(self, *events):
        said = "".join(one["text"] if one["kind"] == "text" else KEYS.get(one["name"], one["name"]) for one in events)
        self.page_of_panel.type("#screen", said)

    def told(self, channel):
        """What the tile of a channel says."""
        found = named(self.tree()["pages"][0], f"channel-{channel}")
        return found[0].get("text", "") if found else ""

    def log_in(self):
        self.page("login")
        self.type(PASSWORD)
        self.keys("ok")


@contextlib.contextmanager
def panel(recorder, browser, profile):
    address = json.loads((recorder.instance.run / "panel.json").read_text())["address"]
    with browser(profile) as page:
        page.open(address)
        page.until("document.body.classList.contains('ready')", PATIENCE_S)
        page.until("Number(document.getElementById('screen').dataset.drawn) > 0", PATIENCE_S)
        yield page
        assert page.complaints() == []


def jack(port):
    return f"[data-slot=ports] .port:nth-child({port})"


def drawer_of(bay):
    return f"[data-slot=bays] .bay:nth-child({bay})"


def ask(recorder, verb, **arguments):
    with HalClient(recorder.instance.socket("hal")) as hal:
        hal.call("poe_supply", "PSE", verb, **arguments)


def yard(recorder):
    """Give the number of a channel at port 3 whose stream is a template, and nobody has told its password."""
    (first,) = wait_for(lambda: recorder.answer("channel", "list"), PATIENCE_S)
    known = json.loads((recorder.instance.config / "simulator.json").read_text())
    recorder.command("channel", "remove", str(first["number"]))
    place = f"rtsp://{{address}}:{known['port']}/sub"
    told = recorder.command("channel", "add", "--name", "Yard", "--url", place, "--seat", "3")
    return int(told.split()[1].rstrip(":")), known


def shows_a_picture(desk, channel):
    return desk.until(lambda tree: tiles(tree).get(f"channel-{channel}") == "picture")


@pytest.mark.peer("chromium")
@pytest.mark.covers("D-NET-19", "D-CAM-10")
def test_a_camera_that_is_plugged_in_on_the_page_becomes_a_picture_step_by_step(run_recorder, tmp_path):
    with run_recorder("--cameras", "1") as recorder, panel(recorder, chromium, tmp_path / "profile") as page:
        number, known = yard(recorder)
        desk = Desk(recorder, page)
        says = lambda words: wait_for(lambda: words in desk.told(number), PATIENCE_S)  # noqa: E731
        says("Port 3: no camera is plugged in")

        ask(recorder, "disable", port=3)
        page.choose(f"{jack(3)} .jack", "Plug in camera 1")
        says("Port 3: its power is off")
        assert tiles(desk.tree())[f"channel-{number}"] != "picture"
        assert page.on(f"{jack(3)} .watts", "return it.innerText") == ""

        ask(recorder, "enable", port=3)
        page.until(f"document.querySelector('{jack(3)} .watts').innerText === '4.2 W'", PATIENCE_S)
        page.until(f"document.querySelector('{jack(3)} .address').innerText === '.13'", PATIENCE_S)
        says("4.2 W · 127.10.1.13 · asks for a password")
        assert tiles(desk.tree())[f"channel-{number}"] == "sheet"

        desk.go(f"channel-{number}")
        desk.keys("ok")
        desk.log_in()
        desk.page("camera-login")
        desk.until(lambda tree: tree["focus"].endswith("user"))
        desk.type(known["user"])
        desk.keys("down")
        desk.until(lambda tree: tree["focus"].endswith("password"))
        desk.type(known["password"])
        desk.press("enter")
        shows_a_picture(desk, number)
        wait_for(lambda: recorder.spans(number), PATIENCE_S)
        kept = recorder.spans(number)[0]["start"]

        page.choose(f"{jack(3)} .jack", "Pull the cable")
        desk.until(lambda tree: tiles(tree).get(f"channel-{number}") != "picture")
        before = len(recorder.spans(number))
        page.choose(f"{jack(5)} .jack", "Plug in camera 1")
        shows_a_picture(desk, number)
        page.until(f"document.querySelector('{jack(5)} .address').innerText === '.13'", PATIENCE_S)
        wait_for(lambda: len(recorder.spans(number)) > before, PATIENCE_S)
        assert recorder.spans(number)[0]["start"] == kept


def use_mouse_keyboard_and_remote(desk, page):
    page.press("#screen", 1 / 4, 1 / 4, "right")
    menu = desk.page("wall-menu")["focus"]
    page.type("#screen", KEYS["down"])
    desk.until(lambda tree: tree["focus"] != menu)
    page.type("#screen", KEYS["back"])
    desk.page("wall")
    page.click("#remote [data-key=menu]")
    menu = desk.page("wall-menu")["focus"]
    page.click("#remote [data-key=down]")
    desk.until(lambda tree: tree["focus"] != menu)
    page.click("#remote [data-key=back]")
    desk.page("wall")


def toggle_an_input(recorder, page):
    """What is toggled on the page arrives at whoever listens to the API's events."""
    happened = ApiClient(recorder.instance.socket("control"), timeout_s=PATIENCE_S).events()
    assert next(happened).kind == "status"
    for active in (True, False):
        page.click("[data-slot=inputs] button:nth-child(2)")
        edge = next(event for event in happened if event.kind == "input").data
        assert (edge["name"], edge["active"]) == ("IN2", active)
    happened.close()


def take_a_piece_away_on_a_stick(desk, page):
    page.choose(".usb", "Push in a new stick")
    page.until("!!document.querySelector('.usb-port.plugged')")
    desk.keys("menu")
    desk.page("wall-menu")
    desk.keys("up", "ok")
    desk.log_in()
    desk.page("main-menu")
    desk.press("playback")
    desk.page("playback")
    desk.cut()
    desk.until(lambda _tree: desk.node("folder")["text"].startswith("USB stick STICK-1, 31."))
    desk.press("begin")
    desk.until(lambda _tree: desk.node("result")["text"] == "Saved on the USB stick STICK-1. It can be pulled out.")
    desk.press("close")
    desk.keys("back")


def find_it_on_the_stick(page, folder):
    page.choose(".usb", "Pull STICK-1")
    page.until("!document.querySelector('.usb-port.plugged')")
    page.choose(".usb", "Push in STICK-1")
    page.until("!!document.querySelector('.usb-port.plugged')")
    page.choose(".usb", "See what is on it")
    clip = "[...document.querySelectorAll('.contents a')].find((one) => one.innerText.endsWith('.mp4'))"
    page.until(f"!!{clip}")
    read = f"fetch({clip}.href).then((one) => one.arrayBuffer()).then((one) => [...new Uint8Array(one)])"
    (folder / "clip.mp4").write_bytes(bytes(page.run(f"return {read}")))
    page.click(".contents button")
    with av.open(str(folder / "clip.mp4")) as container:
        assert len(list(container.decode(video=0))) > 25


def pull_the_disk_that_records(recorder, page):
    disks = lambda: {one["place"]: one for one in recorder.answer("status")["disks"]}  # noqa: E731
    bays = lambda: {one["name"]: one for one in recorder.answer("status")["bays"]}  # noqa: E731
    page.choose("[data-slot=bays] .bay:nth-child(2) .drawer", "Push in a new disk")
    new = wait_for(lambda: (one := bays()["2"])["occupied"] and one, PATIENCE_S)
    recorder.command("bay", "prepare", "2", "--serial", new["serial"], "--name", "disk2", "--size", "600M")
    wait_for(lambda: disks().get("disk2", {}).get("state") == "writable", PATIENCE_S)
    wait_for(lambda: bays()["2"]["place"] == "disk2", PATIENCE_S)
    # Where it goes on is decided by which disk is pulled: the one with the footage.
    bay = next(name for name, one in bays().items() if one["place"] == "disk1")
    drawer = drawer_of(bay)
    page.choose(f"{drawer} .drawer", "Pull the disk")
    lit = f"document.querySelector('{drawer} .status')"
    page.until(f"{lit}.dataset.light === 'steady' && {lit}.dataset.colour === 'amber'", PATIENCE_S)
    page.until("document.querySelector('[aria-label=\"HDD light steady\"]') !== null", PATIENCE_S)
    other = {"1": "2", "2": "1"}[bay]
    assert page.on(f"{drawer_of(other)} .status", "return it.dataset.light") == "off"
    page.until(f"document.querySelector('{drawer_of(other)} .activity').dataset.light === 'fast'", PATIENCE_S)
    wait_for(lambda: recorder.stream(1)["recording"], PATIENCE_S)
    end = wait_for(lambda: (found := recorder.spans(1)) and found[-1]["end"], PATIENCE_S)
    wait_for(lambda: recorder.spans(1)[-1]["end"] > end, PATIENCE_S)


@pytest.mark.peer("chromium")
@pytest.mark.covers("D-BKP-04", "D-HW-14", "D-ALM-03")
def test_an_owner_takes_a_piece_away_on_a_stick_and_a_pulled_disk_ends_no_recording(run_recorder, camera, tmp_path):
    with run_recorder() as recorder, panel(recorder, chromium, tmp_path / "profile") as page:
        recorder.command("channel", "add", "--name", "Gate", "--url", camera)
        desk = Desk(recorder, page)
        shows_a_picture(desk, 1)
        use_mouse_keyboard_and_remote(desk, page)
        toggle_an_input(recorder, page)
        wait_for(lambda: sum(one["bytes"] for one in recorder.spans(1)), PATIENCE_S)
        take_a_piece_away_on_a_stick(desk, page)
        find_it_on_the_stick(page, tmp_path)
        pull_the_disk_that_records(recorder, page)
