import socket
import subprocess
import sys

import pytest

from hal.client import HalClient, HalUnavailable
from hal.kinds.alarm_input import AlarmInputState
from hal.kinds.poe_supply import PortState
from hal.kinds.relay import RelayState

BOARD = "simulated"


@pytest.fixture(scope="module")
def hal(tmp_path_factory):
    """One for all: nobody here looks at what another one changed."""
    place = tmp_path_factory.mktemp("h") / "hal.sock"
    command = [sys.executable, "-m", "hal", "--socket", str(place), "--board", BOARD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield place
        process.terminate()
        assert process.wait(60) == 0
    assert not place.exists()


def test_the_simulated_board_has_a_relay_and_an_input(hal):
    with HalClient(hal) as client:
        kinds = {(device.kind, device.name, device.online) for device in client.devices()}
        simulated = {(device.kind, device.simulated) for device in client.inventory()}
    assert kinds >= {("relay", "OUT1", True), ("alarm_input", "IN1", True)}
    assert simulated >= {("relay", True), ("alarm_input", True)}


def test_a_relay_closes_and_a_second_client_is_told(hal):
    with HalClient(hal) as watcher, HalClient(hal) as client:
        watcher.watch()
        client.call("relay", "OUT1", "switch", closed=True)
        assert watcher.next() == RelayState("OUT1", online=True, reason="", closed=True)


def test_an_edge_at_an_input_reaches_the_watcher(hal):
    with HalClient(hal) as client:
        client.watch()
        client.simulate("alarm_input", "IN1", "move", active=True)
        assert client.next() == AlarmInputState("IN1", online=True, reason="", active=True)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (("relay", "OUT9", "switch", {"closed": True}), "no relay OUT9"),
        (("relay", "OUT1", "format", {}), "cannot be asked to format"),
        (("relay", "OUT1", "close", {}), "cannot be asked to close"),
        (("relay", "OUT1", "switch", {"closed": 3}), "switch: Expected `bool`"),
        (("relay", "OUT1", "switch", {}), "switch: .*closed"),
        (("relay", "OUT1", "switch", {"closed": True, "shell": "rm"}), "switch: .*shell"),
        (("alarm_input", "IN1", "move", {"active": True}), "move is a gesture"),
    ],
)
def test_what_a_device_cannot_do_is_refused_in_words(hal, ask, told):
    *place, arguments = ask
    with HalClient(hal) as client, pytest.raises(HalUnavailable, match=told):
        client.call(*place, **arguments)


def test_a_hand_cannot_press_what_only_a_client_may_ask(hal):
    with HalClient(hal) as client, pytest.raises(HalUnavailable, match="switch is no gesture"):
        client.simulate("relay", "OUT1", "switch", closed=True)


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b'{"op":"format"}',
        b"[]",
        b'{"op":"call","id":1,"name":3,"kind":"relay","verb":"switch"}',
        b'{"op":"\xff"}',
        b'{"op":"call","id":1,"kind":"relay","name":"OUT1","verb":"switch","args":{"closed":' + b"[" * 30_000,
    ],
)
def test_nonsense_is_answered_and_the_daemon_lives(hal, line):
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(hal))
        raw.sendall(line + b"\n")
        assert b'"error"' in raw.recv(4096)
    with HalClient(hal) as client:
        assert client.inventory()


def test_a_line_without_end_drops_only_its_sender(hal):
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(hal))
        raw.settimeout(5)
        with pytest.raises(ConnectionError):  # noqa: PT012 - either call may see the hang-up
            raw.sendall(b"x" * 400_000)
            if not raw.recv(10):
                raise ConnectionResetError
    with HalClient(hal) as client:
        assert client.inventory()


def test_a_camera_is_plugged_into_a_port_and_its_power_is_told(hal):
    with HalClient(hal, timeout_s=60) as client:
        client.watch()
        client.simulate("poe_supply", "PSE", "plug", port=3, camera="cam3", watts=4.2)
        while True:
            told = client.next()
            if told.kind == "poe_supply" and told.ports[2].state is PortState.DELIVERING:
                break
        assert told.ports[2].power_class == 3
        assert told.used_watts > 0
        client.call("poe_supply", "PSE", "disable", port=3)
        supply = next(device for device in client.devices() if device.kind == "poe_supply")
        assert (supply.ports[2].state, supply.ports[2].enabled) == (PortState.DISABLED, False)


def test_what_the_owner_wants_of_a_port_outlasts_the_process(tmp_path_factory):
    place = tmp_path_factory.mktemp("h")
    command = [sys.executable, "-m", "hal", "--socket", str(place / "s"), "--board", BOARD, "--keep", str(place)]
    for begins in (True, False):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "ready\n"
            with HalClient(place / "s") as client:
                if begins:
                    client.call("poe_supply", "PSE", "disable", port=2)
                supply = next(device for device in client.devices() if device.kind == "poe_supply")
                assert [port.enabled for port in supply.ports][:3] == [True, False, True]
            process.terminate()
