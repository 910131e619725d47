"""The machine in real browsers: terminals are switched, a dome is turned and its menu gone through, all in words."""

import shutil
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from hal.client import HalClient
from hal.simulated.pocket import Pocket
from recorder.client.happened import AlarmState
from recorder.control.wav import Clip
from recorder.events.sources.picture_faults import CameraOffline
from tests.hal.fakes.modbus import UNIT
from tests.peers import rauc
from tests.peers.chromium import chromium
from tests.peers.firefox import firefox
from tests.peers.modbus_server import ModbusBox
from tests.recorder.api.served import PASSWORD, wait_for
from tests.recorder.web.browsing import Web, log_in

pytestmark = pytest.mark.long
HAL = """
import sys
from functools import partial
from pathlib import Path
from hal import __main__ as hal
hal.Machine = partial(hal.Machine, dev=Path(sys.argv.pop(1)))
hal.main()
"""
"""The hardware service, whose serial lines are in the folder that is named first."""
BROWSERS = [pytest.param(start, marks=pytest.mark.peer(start.__name__)) for start in (chromium, firefox)]


@pytest.fixture(scope="module")
def recorder(tmp_path_factory):
    with Web(tmp_path_factory.mktemp("machine") / "data") as web:
        place = web.instance.socket("hal")
        world = ["--world", str(web.instance.data.absolute())]
        web.dev = tmp_path_factory.mktemp("dev")
        command = [sys.executable, "-c", HAL, str(web.dev), "--socket", str(place), "--board", "simulated", *world]
        audit = ["--audit", str(web.instance.state / "admin.jsonl")]
        root = [sys.executable, "-m", "hal.admin", "--socket", str(web.instance.socket("hal-admin")), *audit, *world]
        with (
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
            subprocess.Popen(root, stdout=subprocess.PIPE, text=True) as admin,
        ):
            assert process.stdout.readline() == admin.stdout.readline() == "ready\n"
            with HalClient(place, timeout_s=60) as hal:
                web.hal = hal
                web.set_up()
                web.owner.add_channel(name="Yard", url="rtsp://127.0.0.1:9/main")
                web.owner.set_page("ptz", {"line": "RS485", "address": 2, "protocol": "pelco_d_extended"}, channel=1)
                web.owner.set_page("alarm-input", {"name": "Front door"}, item="IN2")
                web.owner.set_page("alarm-output", {"name": "Siren"}, item="CTRL12")
                yield web
            process.terminate()
            admin.terminate()


def agree(browser):
    """Answer every question with yes, and remember it."""
    browser.run("window.asked = []; window.confirm = (words) => { window.asked.push(words); return true; }")


@pytest.fixture(scope="module", params=BROWSERS, ids=lambda start: start.__name__)
def page(recorder, request, tmp_path_factory):
    with request.param(tmp_path_factory.mktemp("browser")) as browser:
        log_in(browser, recorder.port)
        agree(browser)
        yield browser


def show(page, view):
    if not page.run("return document.getElementById('machine').open"):
        page.click("#open-machine")
    page.click(f"#machine-pages [data-view={view}]")


def shut(page):
    page.run("for (const one of document.querySelectorAll('dialog[open]')) one.close()")


def emptied(recorder):
    """Pull all sticks; gives the pocket where they are then."""
    pocket = Pocket(recorder.instance.data)
    for one in pocket.sticks():
        if one.port:
            recorder.hal.simulate("usb_port", one.port, "pull")
    wait_for(lambda: not recorder.owner.status().sticks)
    return pocket


@pytest.mark.covers("D-ALM-03", "D-ALM-08")
def test_terminals_are_seen_and_switched_with_the_warning_first(recorder, page):
    recorder.hal.simulate("alarm_input", "IN2", "move", active=False)
    show(page, "terminals")
    door, siren = "[data-terminal=IN2]", "[data-terminal=CTRL12]"
    page.until(f"document.querySelector('{door}')?.innerText.includes('At rest')")
    page.says(door, "Front door")
    recorder.hal.simulate("alarm_input", "IN2", "move", active=True)
    page.until(f"document.querySelector('{door}.alarm')?.innerText.includes('Alarm')")
    page.says(siren, "Siren")
    page.click(f"{siren} .deeds button:first-child")
    page.until(f"document.querySelector('{siren}.on') !== null")
    page.until("window.asked.at(-1)?.includes('It gives 12 V')")
    assert next(one for one in recorder.owner.outputs() if one.name == "CTRL12").closed
    page.keep("terminals")
    page.click("[data-key=reset]")
    page.until(f"document.querySelector('{siren}.on') === null")
    page.click(f"{siren} .deeds button:last-child")
    page.until("document.querySelector('#settings-fields [data-field=mode] select') !== null")
    page.until("document.getElementById('settings-item').value === 'CTRL12'")
    shut(page)


def fill(page, field, words):
    page.fill(f'dialog.typed [name="{field}"]', words)


def choose_in(page, field, value):
    """Choose in an open dialog, as a hand does: it hears of it."""
    told = "it.dispatchEvent(new Event('input', {bubbles: true}))"
    page.on(f'dialog.typed [name="{field}"]', f"it.value = {value!r}; {told};")


def choose(page, place, value):
    page.on(place, f"it.value = {value!r}; it.onchange();")


@pytest.mark.covers("D-CAM-10", "D-MNT-05")
def test_the_hardware_its_ports_and_its_disks_say_how_they_are(recorder, page):
    show(page, "hardware")
    page.until("document.querySelectorAll('#machine-parts .group').length >= 3")
    page.says("#machine-parts", "°C")
    recorder.hal.simulate("fan", "FAN1", "hold", held=True)
    page.until("document.querySelector('.summary').innerText.includes('Fan FAN1 does not turn.')")
    page.keep("hardware")
    recorder.hal.simulate("fan", "FAN1", "hold", held=False)
    page.until("!document.querySelector('.summary').innerText.includes('FAN1')")
    show(page, "ports")
    page.until("document.querySelectorAll('[data-port]').length === 8")
    page.click("[data-port='4'] [data-key='switch 4']")
    page.until("document.querySelector('[data-port=\"4\"]').innerText.includes('Switched off')")
    page.click("[data-port='4'] [data-key='switch 4']")
    page.until("document.querySelector('[data-port=\"4\"]').innerText.includes('Nothing there')")
    choose(page, "[data-key='priority 4']", "critical")
    wait_for(lambda: recorder.owner.poe()[0].ports[3].priority == "critical")
    page.until("document.querySelector('[data-key=\"priority 4\"]').value === 'critical'")
    page.keep("ports")
    show(page, "bays")
    page.until("document.querySelector('[data-item=\"bay 1\"]')?.innerText.includes('Empty')")
    page.click("[data-item='bay 1'] [data-key='locate 1']")
    page.until("document.querySelector('[data-item=\"bay 1\"]').innerText.includes('Stop its light')")
    page.click("[data-item='bay 1'] [data-key='locate 1']")
    page.keep("bays")
    shut(page)


@pytest.mark.covers("D-STO-02.2", "D-STO-03")
def test_disks_are_made_ready_with_what_is_typed_back_and_an_array_is_paced_and_made_ready(recorder, page):
    for bay in ("1", "2"):
        recorder.hal.simulate("bay", bay, "insert")
    serials = {}
    wait_for(lambda: serials.update({b.name: b.serial for b in recorder.owner.bays()}) or all(serials.values()))
    show(page, "bays")
    page.until("document.querySelector('[data-key=\"prepare 1\"]')")
    page.keep("bays-new")
    page.click("[data-key='prepare 1']")
    page.until("document.querySelector('dialog.typed').innerText.includes('ALL THAT IS ON THIS DISK IS LOST')")
    page.says("dialog.typed", serials["1"])
    fill(page, "serial", "WRONG")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('is not the serial number')")
    page.keep("bays-typed")
    fill(page, "serial", serials["1"])
    fill(page, "name", "../x")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('at most 12 letters')")
    page.click("dialog.typed button.plain")
    page.until("!document.querySelector('dialog.typed')")

    page.click("[data-key=make-array]")
    page.until(
        "document.querySelector('dialog.typed .live').innerText.includes('It holds 4.0 TB. Each disk holds all.')"
    )
    choose_in(page, "level", "raid5")
    page.until("document.querySelector('dialog.typed .live').innerText.includes('RAID 5 takes at least 3 disks')")
    choose_in(page, "level", "raid1")
    fill(page, "serial 1", serials["1"])
    fill(page, "serial 2", "WRONG")
    page.keep("array-new")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('is not the serial number')")
    assert recorder.owner.arrays() == []
    fill(page, "serial 2", serials["2"])
    page.click("dialog.typed button[type=submit]")
    page.until("!document.querySelector('dialog.typed')")
    page.until("document.querySelector('[data-key=\"prepare video\"]')")
    choose(page, "[data-key='pace video']", "sync_first")
    wait_for(lambda: recorder.owner.arrays()[0].pace == "sync_first")
    page.until("document.querySelector('[data-key=\"pace video\"]').value === 'sync_first'")
    array = recorder.owner.arrays()[0]
    page.click("[data-key='prepare video']")
    fill(page, "id", array.uuid[:8])
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('[data-item=\"array video\"]').innerText.includes('Is made ready')")
    page.keep("bays-array")
    page.click("[data-key='cancel video']")
    page.until("document.querySelector('[data-key=\"delete video\"]')")
    recorder.owner.add_bay("3", "simulated-sata-3")
    recorder.hal.simulate("bay", "3", "insert")
    page.until("document.querySelector('[data-key=\"replace video\"]')")
    page.click("[data-key='replace video']")
    fill(page, "serial", next(one.serial for one in recorder.owner.bays() if one.name == "3"))
    choose_in(page, "old", "2")
    page.keep("array-replace")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('[data-item=\"array video\"]').innerText.includes('rebuilding 3')")
    page.click("[data-key='delete video']")
    fill(page, "id", array.uuid[:8])
    page.click("dialog.typed button[type=submit]")
    page.until("!document.querySelector('[data-item=\"array video\"]')")
    for bay in ("1", "2", "3"):
        recorder.hal.simulate("bay", bay, "pull")
    wait_for(lambda: all(one.job is None or one.job.state.over for one in recorder.owner.bays()))
    recorder.owner.remove_bay("3")
    shut(page)


@pytest.mark.covers("D-HW-14", "V-INT-07")
def test_a_place_becomes_a_bay_and_a_switch_that_does_not_answer_is_told(recorder, page):
    show(page, "places")
    place = "[data-place=simulated-sata-3]"
    page.until(f"document.querySelector('{place}')?.innerText.includes('No bay')")
    page.click(f"{place} .deeds button")
    fill(page, "name", "a/b")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText !== ''")
    fill(page, "name", "3")
    page.click("dialog.typed button[type=submit]")
    page.until(f"document.querySelector('{place}')?.innerText.includes('Bay 3')")
    page.keep("places")
    page.click(f"{place} .deeds button")
    page.until(f"document.querySelector('{place}')?.innerText.includes('No bay')")
    page.until("window.asked.at(-1)?.includes('stays as it is')")
    show(page, "ports")
    page.until("document.querySelector('[data-key=add-switch]')")
    page.click("[data-key=add-switch]")
    for field, words in (("name", "SHOP"), ("host", "127.0.0.1"), ("ports", "1-x"), ("community", "a word")):
        fill(page, field, words)
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('neither a number nor a range')")
    fill(page, "ports", "1-8")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('No SNMP response')")
    page.keep("switch-new")
    assert [one.name for one in recorder.owner.poe()] == ["PSE"]
    page.click("dialog.typed button.plain")
    shut(page)


@pytest.mark.peer("libmodbus")
@pytest.mark.covers("D-ALM-04")
def test_an_alarm_box_in_the_network_is_added_and_removed(recorder, page, modbus):
    show(page, "terminals")
    page.until("document.querySelector('[data-key=add-box]')")
    page.click("[data-key=add-box]")
    page.until("document.querySelector('dialog.typed [name=host]')")
    for field, words in (("name", "YARD"), ("host", "127.0.0.1"), ("inputs", "2x"), ("unit", str(UNIT))):
        fill(page, field, words)
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('2x is no number')")
    fill(page, "inputs", "2")
    fill(page, "port", "9")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('cannot be reached')")
    page.keep("box-new")
    fill(page, "port", str(modbus.port))
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('[data-terminal=YARD_2]')")
    page.keep("box")
    assert [one.name for one in recorder.owner.inputs() if one.box] == ["YARD_1", "YARD_2"]
    page.click("[data-key='remove YARD']")
    page.until("!document.querySelector('[data-terminal=YARD_2]')")
    page.until("window.asked.at(-1)?.includes('Remove the box YARD')")
    shut(page)


@pytest.mark.covers("D-ALM-04")
def test_an_alarm_box_at_a_serial_line_is_asked_for(page):
    show(page, "terminals")
    page.until("document.querySelector('[data-key=add-serial-box]')")
    page.click("[data-key=add-serial-box]")
    page.until("document.querySelector('dialog.typed [name=line]')")
    for field, words in (("name", "YARD"), ("line", "ttyUSB77"), ("set", "fast")):
        fill(page, field, words)
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('no setting of a line')")
    fill(page, "set", "19200 8E1")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('ttyUSB77 is not there')")
    page.keep("serial-box-new")
    page.click("dialog.typed .deeds .plain")
    shut(page)


@pytest.mark.peer("libmodbus")
@pytest.mark.covers("D-ALM-04")
def test_an_alarm_box_at_a_serial_line_is_added_seen_to_move_and_removed(recorder, page, tmp_path):
    with closing(ModbusBox(tmp_path, "rtu")) as box:
        line = recorder.dev / "ttyUSB0"
        line.unlink(missing_ok=True)
        line.symlink_to(box.cable.names[0])
        show(page, "terminals")
        page.until("document.querySelector('[data-key=add-serial-box]')")
        page.click("[data-key=add-serial-box]")
        page.until("document.querySelector('dialog.typed [name=line]')")
        written = {"name": "BARN", "line": "ttyUSB0", "set": "19200 8N1", "unit": str(UNIT), "inputs": "2"}
        for field, words in written.items():
            fill(page, field, words)
        page.click("dialog.typed button[type=submit]")
        page.until("document.querySelector('[data-terminal=BARN_2]')?.innerText.includes('At rest')")
        box.move(1, closed=True)
        page.until("document.querySelector('[data-terminal=BARN_2].alarm')?.innerText.includes('Alarm')")
        page.keep("serial-box")
        assert [one.name for one in recorder.owner.inputs() if one.box] == ["BARN_1", "BARN_2"]
        page.click("[data-key='remove BARN']")
        page.until("!document.querySelector('[data-terminal=BARN_2]')")
        page.until("window.asked.at(-1)?.includes('Remove the box BARN')")
        assert [one.name for one in recorder.owner.inputs() if one.box] == []
        shut(page)


@pytest.fixture
def door():
    """A port of this machine that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.covers("D-MNT-08")
def test_the_network_is_tested_followed_cancelled_and_told_in_words(recorder, page, door):
    def says(words):
        page.until(f"document.getElementById('machine-parts').innerText.includes({words!r})")

    def test(address, port):
        # One that was shut goes a moment later.
        page.until("!document.querySelector('dialog.typed')")
        page.click("#machine-parts [data-key=test]")
        page.until("document.querySelector('dialog.typed [name=address]')")
        fill(page, "address", address)
        fill(page, "port", port)
        page.click("dialog.typed button[type=submit]")

    show(page, "network")
    says("Test an address")
    page.keep("network-empty")
    test("the gate", "")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('name of one device')")
    fill(page, "port", "5x")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('5x is no number')")
    page.click("dialog.typed .deeds .plain")
    test("127.0.0.1", str(door))
    page.until("document.querySelectorAll('.answers .came').length >= 2")
    page.keep("network-running")
    says("10 of 10 answered")
    page.until("document.querySelectorAll('.answers .came').length === 10")
    says("Connections to port")
    page.keep("network-good")
    test("127.0.0.1", str(door))
    page.until("document.querySelector('#machine-parts [data-key=test]')?.innerText === 'Cancel'")
    page.click("#machine-parts [data-key=test]")
    says("The test was cancelled.")
    test("224.0.0.1", "")
    says("is not the address of one device")
    page.keep("network-error")
    choose(page, "[data-key=target]", "0")
    says("127.0.0.1\n")
    wait_for(lambda: recorder.admin().network_tests().newest.address == "127.0.0.1")
    shut(page)


@pytest.mark.covers("D-PTZ-02.3", "D-PTZ-04", "D-PTZ-10")
def test_a_dome_is_turned_while_held_and_its_presets_and_menu_are_used(recorder, page):
    def dome():
        return recorder.owner.dome(1)

    def menu():
        return recorder.hal.simulate("ptz_bus", "RS485", "menu", address=2)

    page.click(".tile")
    page.until("!document.getElementById('turn').hidden")
    page.click("#turn")
    page.until("!document.getElementById('ptz').hidden")
    before = dome().pan_degrees
    page.on("[data-way=right]", "it.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true}))")
    wait_for(lambda: dome().moving and abs(dome().pan_degrees - before) > 5)
    page.run("window.dispatchEvent(new PointerEvent('pointerup'))")
    wait_for(lambda: not dome().moving)
    page.click("[data-deed=save]")
    page.says("#channel-state", "Saved")
    page.run("window.prompt = () => 'Gate'")
    page.click("[data-deed=name]")
    wait_for(lambda: [one.name for one in dome().preset_names] == ["Gate"])
    page.until("document.querySelector('#ptz select')?.textContent.includes('Gate')")
    page.keep("ptz")
    page.click("[data-deed=menu]")
    wait_for(lambda: menu()["open"])
    for key in ("down", "down", "right"):
        page.on(f"[data-way={key}]", "it.dispatchEvent(new PointerEvent('pointerdown'))")
    page.click("[data-deed=menu-ok]")
    lines = menu()
    wait_for(lambda: menu()["line"] == 2 and menu()["chosen"] > 0)
    assert lines["open"]
    page.click("[data-deed=menu-done]")
    wait_for(lambda: not menu()["open"])
    page.click("[data-deed=clear]")
    wait_for(lambda: dome().preset_names == ())
    shut(page)


@pytest.mark.covers("D-PTZ-04")
def test_a_dome_that_is_told_of_after_its_picture_was_opened_is_turned_all_the_same(recorder, page):
    recorder.owner.set_page("ptz", {"line": ""}, channel=1)
    wait_for(lambda: not recorder.owner.status().domes)
    page.click(".tile")
    page.until("document.getElementById('channel').open && document.getElementById('turn').hidden")
    recorder.owner.set_page("ptz", {"line": "RS485"}, channel=1)
    page.click("#turn")
    page.until("!document.getElementById('ptz').hidden")
    # What is told later leaves the keys where they are.
    recorder.owner.set_page("general", {"recorder_name": "Attic"})
    page.says("#name", "Attic")
    assert not page.run("return document.getElementById('ptz').hidden")
    recorder.owner.set_page("general", {"recorder_name": "Nightjar"})
    page.says("#name", "Nightjar")
    shut(page)


@pytest.mark.covers("V-ALST-01", "V-ALST-02")
def test_an_alarm_is_listed_and_acknowledged(recorder, page):
    recorder.run(ring(recorder))
    event = wait_for(
        lambda: [one for one in recorder.owner.happened(states=[AlarmState.NEW]).events if one.channel == 1]
    )
    show(page, "events")
    page.until("document.querySelector('.events')?.textContent.includes('Yard cannot be reached')")
    page.until("document.querySelector('.events')?.textContent.includes('New')")
    lefts = "[...document.querySelectorAll('.events .deeds')].map((it) => it.getBoundingClientRect().left)"
    page.until(f"{lefts}.length >= 2")
    assert len(set(page.run(f"return {lefts}"))) == 1, "what can be done stands in one column"
    page.keep("events")
    key = f"seen-{event[0].group}"
    page.click(f"[data-key={key}]")
    page.until(f"!document.querySelector('[data-key={key}]')")
    assert recorder.owner.event(event[0].id).state is AlarmState.PROGRESS
    show(page, "health")
    page.until(
        "document.getElementById('machine-parts').textContent.includes('Nobody can tell now how complete it is')"
    )
    page.until("document.querySelector('.summary')?.textContent.includes('Somebody should look at')")
    page.keep("health")
    shut(page)


def listed(recorder):
    return [one for one in recorder.owner.happened().events if one.source == "camera-offline"]


@pytest.mark.covers("V-ALM-41", "V-ALM-42", "V-ALM-43", "V-ALST-03")
def test_alarms_are_told_muted_grouped_and_pinned(recorder, page):
    mine = recorder.admin()
    mine.wish()
    for one in mine.receiving().mutes:
        mine.sound_again(one.source, one.item)
    shut(page)
    for _ in range(2):
        recorder.run(ring(recorder))
    first, second = listed(recorder)[1], listed(recorder)[0]
    page.until("document.querySelector('#toasts .toast')?.textContent.includes('Yard cannot be reached')")
    page.keep("toast")
    page.click("#toasts .toast")
    page.until("document.querySelector('.events')?.textContent.includes('Yard cannot be reached')")
    page.click("[data-key=filter-grouped]")
    for event in (first, second):
        page.until(f"document.querySelector('[data-key=pin-{event.id}]')")
    page.click(f"[data-key=pin-{first.id}]")
    wait_for(lambda: recorder.owner.event(first.id).pinned)
    choose(page, "[data-key=filter-states]", "pinned")
    page.until("document.querySelectorAll('.events li').length === 1 && document.querySelector('.events li.pinned')")
    choose(page, "[data-key=filter-states]", "")
    page.until(f"document.querySelector('[data-key=mute-{second.id}]')")
    choose(page, f"[data-key=mute-{second.id}]", "60")
    page.until("document.querySelector('.events')?.textContent.includes('muted until')")
    assert [(one.source, one.item) for one in mine.receiving().mutes] == [("camera-offline", "1")]
    page.keep("events-muted")
    page.click("[data-key=receiving]")
    page.until("document.querySelector('dialog.small[open]')?.textContent.includes('Muted until')")
    page.keep("receiving")
    page.on("dialog.small .own button", "it.click()")
    page.until("!document.querySelector('dialog.small .own')")
    assert mine.receiving().mutes == ()
    page.on(
        "dialog.small form",
        "it.querySelector('[name=off]').value = '480';"
        "for (const one of it.querySelectorAll('details')) one.open = true;"
        "it.querySelector('[value=camera-offline]').click();",
    )
    page.click("dialog.small [data-do=enter]")
    page.until("document.querySelector('#machine-parts')?.textContent.includes('You are told of nothing until')")
    wishes = mine.receiving()
    assert "camera-offline" not in wishes.sources
    assert wishes.sources
    assert wishes.channels is None
    assert wishes.off_until_us > recorder.clock.now_us()
    page.click("[data-key=filter-grouped]")
    recorder.owner.handle(first.id, pinned=False)
    mine.wish()
    shut(page)


@pytest.mark.covers("D-SEC-01")
def test_what_is_weak_leads_to_where_it_is_mended(recorder, page):
    show(page, "security")
    page.until("document.querySelector('.summary')?.textContent.includes('Somebody should look at')")
    page.until("document.querySelector('#machine-parts')?.textContent.includes('with a password alone: admin')")
    page.keep("security")
    page.click("[data-key=warn-second-factor]")
    page.until("document.querySelector('[data-key=warn-second-factor]')?.textContent === 'Warn of it again'")
    assert recorder.owner.page("security-advice").values["warn_second_factor"] is False
    page.click("[data-key=warn-second-factor]")
    page.until("document.querySelector('[data-key=warn-second-factor]')?.textContent === 'Warn of it no more'")
    page.click("[data-key=open-screen]")
    page.until("document.querySelector('#settings-fields [data-field=idle_logout_min]')")
    shut(page)
    show(page, "security")
    page.until("document.querySelector('[data-key=open-logins]')")
    page.click("[data-key=open-logins]")
    page.until("document.querySelector('dialog.small[open]')?.textContent.includes('(you)')")
    shut(page)


async def ring(recorder):
    engine = recorder.control.desk.engine
    if (before := [one for one in engine.going_on if one.channel == 1]) and before[0].state is not None:
        engine.end(CameraOffline, "1")
    recorder.clock.advance(600)
    engine.look()
    engine.begin(CameraOffline, "1", words="Yard cannot be reached.", channel=1)


@pytest.mark.covers("D-MNT-11", "D-MNT-12")
def test_settings_go_out_and_come_in_as_a_file_and_are_reset_in_a_browser(recorder, page):
    config = recorder.instance.config
    show(page, "configuration")
    page.click('#machine-parts [data-key="export"]')
    for name, words in (("file_password", "kept in the safe"), ("again", "kept in the safe"), ("password", PASSWORD)):
        fill(page, name, words)
    page.click("dialog.typed button[type=submit]")
    page.until("document.getElementById('machine-words').innerText.includes('was sent to this computer')")

    recorder.owner.set_page("general", {"recorder_name": "Branch", "instant_playback_min": 5})
    file = recorder.owner.export_configuration("kept in the safe")
    recorder.owner.set_page("general", {"recorder_name": "Nightjar", "instant_playback_min": 9})
    pocket = emptied(recorder)
    pocket.put("SAFE", "branch.njsc", file, begins=True)
    recorder.hal.simulate("usb_port", "USB1", "insert", label="SAFE")
    page.until("document.querySelector('#machine-parts [data-key^=\"take \"]')")
    page.keep("configuration")
    page.click('#machine-parts [data-key^="take "]')
    page.until("document.querySelector('dialog.typed h2')?.innerText.includes('Branch')")
    fill(page, "file_password", "not this one")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('does not open')")
    fill(page, "file_password", "kept in the safe")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .told')?.innerText.includes('Instant playback: 9')")
    page.keep("configuration-look")
    fill(page, "password", PASSWORD)
    page.click("dialog.typed:has(.told) button[type=submit]")
    page.until("document.getElementById('machine-words').innerText.includes('are taken in')")
    assert (config / "incoming" / "settings.db").exists()

    page.click('#machine-parts [data-key="reset settings"]')
    fill(page, "password", "not this one")
    page.click("dialog.typed button[type=submit]")
    page.until("document.querySelector('dialog.typed .error[role]').innerText.includes('wrong')")
    fill(page, "password", PASSWORD)
    page.click("dialog.typed button[type=submit]")
    page.until("document.getElementById('machine-words').innerText.includes('It is reset')")
    assert (config / "reset").read_text() == "settings\n"
    # Nobody carries it out here: the others go on with the recorder as it is.
    (config / "reset").unlink()
    shutil.rmtree(config / "incoming")
    recorder.hal.simulate("usb_port", "USB1", "pull")
    shut(page)


@pytest.mark.covers("D-AUD-01")
def test_a_voice_file_is_given_the_sound_of_a_stick_that_is_in_the_recorder(recorder, page):
    gong, pocket = Clip(8000, 1, bytes([7, 1]) * 8000), emptied(recorder)
    stick = f"SOUND{len(pocket.sticks())}"
    recorder.owner.set_page("voice-file", {}, item="gong")
    page.click("#open-settings")
    page.click("[data-page=voice-file]")
    page.until("document.getElementById('settings-item').value === 'gong'")
    tool = "#settings-actions [data-action=stick-sound]"
    page.click(tool)
    page.says("#settings-words", "There is no sound file on a USB stick in the recorder.")

    pocket.put(stick, "a-gap.wav", b"", begins=True)
    recorder.hal.simulate("usb_port", "USB1", "insert", label=stick)
    wait_for(recorder.owner.found_sounds)
    page.click(tool)
    page.says("#settings-words", "a-gap.wav: It is empty.")

    pocket = emptied(recorder)
    pocket.put(stick, "gong.wav", bytes(gong), begins=True)
    recorder.hal.simulate("usb_port", "USB1", "insert", label=stick)
    wait_for(lambda: len(recorder.owner.found_sounds()) == 2)
    page.click(tool)
    listed = "[...document.querySelectorAll('dialog.small option')].map((it) => [it.textContent, it.disabled])"
    page.until(f"{listed}.length === 2")
    assert sorted(page.run(f"return {listed}")) == [
        [f"a-gap.wav ({stick}): It is empty.", True],
        [f"gong.wav ({stick})", False],
    ]
    page.keep("stick-sound")
    page.click("dialog.small [data-do=enter]")
    page.says("#settings-words", "The recorder has it: 1.0 s.")
    assert recorder.control.sounds.voices.clip("gong")[0] == gong
    recorder.owner.remove_item("voice-file", "gong")
    emptied(recorder)
    shut(page)


@pytest.mark.covers("D-ALM-05")
def test_the_camera_of_a_network_alarm_is_chosen_by_its_name(recorder, page):
    recorder.owner.set_page("network-alarm", {}, item="till")
    page.click("#open-settings")
    page.click("[data-page=network-alarm]")
    chosen = "#settings-fields [data-field=channel] select"
    page.until(f"document.querySelector('{chosen}') !== null")
    assert page.on(chosen, "return [...it.options].map((one) => one.textContent)") == ["None", "1  Yard"]
    words = page.run("return document.querySelector('#settings-fields [data-field=channel]').textContent")
    assert "128" not in words
    page.on(chosen, "it.selectedIndex = 1; it.dispatchEvent(new Event('input', {bubbles: true}))")
    page.click("#settings-form [type=submit]")
    wait_for(lambda: recorder.owner.page("network-alarm", item="till").values["channel"] == 1)
    recorder.owner.remove_item("network-alarm", "till")
    shut(page)


@pytest.mark.covers("D-MNT-14")
def test_a_recovery_stick_is_made_in_a_browser_of_one_that_is_in_the_recorder(recorder, page):
    pocket = emptied(recorder)
    page.click("#open-settings")
    login_rules = "#settings-pages button[data-page=login-rules]"
    page.until(f"document.querySelector('{login_rules}')")
    page.on(login_rules, "it.scrollIntoView({block: 'center'}); it.click()")
    tool = "#settings-actions [data-tool=make-stick]"
    page.until(f"document.querySelector('{tool}')")
    page.click(tool)
    page.until("document.getElementById('settings-words').innerText.startsWith('Push a USB stick into the recorder')")

    pocket.put("KEYS", "holiday.jpg", b"what was on it stays", begins=True)
    recorder.hal.simulate("usb_port", "USB1", "insert", label="KEYS")
    wait_for(lambda: recorder.owner.status().sticks)
    page.click(tool)
    page.until("document.querySelector('dialog.small [name=port]')?.textContent.includes('KEYS')")
    page.keep("recovery-stick")
    assert page.run("return document.activeElement.name") == "password"
    page.type("dialog.small [name=password]", "not this one")
    page.click("dialog.small [data-do=enter]")
    page.until("document.querySelector('dialog.small .error').innerText.includes('wrong')")
    page.fill("dialog.small [name=password]", PASSWORD)
    page.click("dialog.small [data-do=enter]")
    page.until("document.getElementById('settings-words').innerText.startsWith('KEYS is the recovery stick now.')")
    page.until("document.getElementById('settings-fields').innerText.includes('Made by admin')")
    assert recorder.screen.recovery_stick().fits
    page.click("#settings-close")
    page.until("!document.getElementById('settings').open")
    recorder.hal.simulate("usb_port", "USB1", "pull")


@pytest.mark.peer("rauc")
@pytest.mark.covers("D-MNT-16")
def test_an_update_on_a_stick_is_checked_and_planned_for_the_night_in_a_browser(recorder, page, tmp_path):
    release = rauc.Authority(tmp_path, "release")
    keys = recorder.instance.data / "hardware" / "update"
    keys.mkdir(parents=True, exist_ok=True)
    (keys / "release.pem").write_bytes(release.certificate.read_bytes())
    new = rauc.bundle(tmp_path / "new", release.signer(), "9.0.0", "nightjar-simulated", "schema=999")
    pocket = emptied(recorder)
    pocket.put("NEW", "new.raucb", new.read_bytes(), begins=True)
    recorder.hal.simulate("usb_port", "USB1", "insert", label="NEW")
    recorder.owner.set_page("date-time", {"zone": "Asia/Tokyo"})
    page.open(f"https://localhost:{recorder.port}/")
    page.until("!document.getElementById('app').hidden")
    agree(page)
    show(page, "update")
    page.until("document.querySelector('#machine-parts [data-key^=\"stick \"]')")
    page.keep("update-found")
    page.click('#machine-parts [data-key^="stick "]')
    page.until("document.querySelector('#machine-parts [data-key=\"tonight\"]')")
    page.says("#machine-parts", "Version 9.0.0")
    page.keep("update-checked")
    page.click('#machine-parts [data-key="tonight"]')
    # At three in the morning where the recorder is, wherever the browser is.
    page.until("/It will be installed .*\\b3:00:00/.test(document.querySelector('#machine-parts').innerText)")
    page.until("window.asked.at(-1)?.includes('s will not be recorded')")
    assert recorder.owner.update().at_us
    page.click('#machine-parts [data-key="forget"]')
    wait_for(lambda: recorder.owner.update().bundle is None)
    recorder.hal.simulate("usb_port", "USB1", "pull")
    shut(page)
