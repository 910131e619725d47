"""A camera at a port of the recorder gets power, an address and a picture, and is known again at another port."""

import json

import pytest

from hal.client import HalClient
from tests.end_to_end.conftest import wait_for

PATIENCE_S = 90


def hand(recorder, gesture, **arguments):
    with HalClient(recorder.instance.socket("hal")) as hal:
        hal.simulate("poe_supply", "PSE", gesture, **arguments)


def ask(recorder, verb, **arguments):
    with HalClient(recorder.instance.socket("hal")) as hal:
        hal.call("poe_supply", "PSE", verb, **arguments)


def seat(recorder):
    return next(iter(recorder.status()["seats"]), {"words": ""})


@pytest.mark.covers("D-NET-19", "D-NET-19.1", "D-NET-19.2", "D-CAM-10")
def test_a_camera_at_a_port_gets_power_address_and_picture_and_keeps_its_footage_at_another(run_recorder):
    with run_recorder("--cameras", "1") as recorder:
        (first,) = wait_for(lambda: recorder.answer("channel", "list"), PATIENCE_S)
        known = json.loads((recorder.instance.config / "simulator.json").read_text())
        place = f"rtsp://{{address}}:{known['port']}"
        login = ["--user", known["user"], "--password", known["password"]]
        recorder.command("channel", "remove", str(first["number"]))
        told = recorder.command("channel", "add", "--name", "Yard", "--url", f"{place}/main", check=False)
        assert "{address} needs the number of a PoE port" in told
        added = ["--url", f"{place}/sub", "--seat", "3", *login]
        number = int(recorder.command("channel", "add", "--name", "Yard", *added).split()[1].rstrip(":"))
        wait_for(lambda: seat(recorder)["words"] == "Port 3: no camera is plugged in", PATIENCE_S)

        hand(recorder, "plug", port=3, camera="1", watts=4.2)
        steps = []

        def recording():
            if (words := seat(recorder)["words"]) not in steps:
                steps.append(words)
            return recorder.stream(number)["state"] == "playing"

        wait_for(recording, PATIENCE_S)
        assert any(step.endswith("the camera starts") for step in steps)
        assert seat(recorder)["words"].endswith("W · 127.10.1.13")
        wait_for(lambda: recorder.spans(number), PATIENCE_S)

        ask(recorder, "disable", port=3)
        wait_for(lambda: recorder.stream(number)["state"] != "playing", PATIENCE_S)
        assert seat(recorder)["words"] == "Port 3: its power is off"
        ask(recorder, "enable", port=3)
        wait_for(lambda: recorder.stream(number)["state"] == "playing", PATIENCE_S)

        before = len(recorder.spans(number))
        hand(recorder, "unplug", port=3)
        wait_for(lambda: recorder.stream(number)["state"] != "playing", PATIENCE_S)
        hand(recorder, "plug", port=5, camera="1", watts=4.2)
        wait_for(lambda: recorder.stream(number)["state"] == "playing", PATIENCE_S)
        assert seat(recorder)["words"].startswith("Port 5: ")
        assert seat(recorder)["words"].endswith("W · 127.10.1.13")
        wait_for(lambda: len(recorder.spans(number)) > before, PATIENCE_S)
