"""Bays of the simulated board: a hand pulls a recording disk, and everything after that is the product's own doing."""

import pytest

from hal.client import HalClient
from tests.end_to_end.conftest import wait_for
from tests.end_to_end.test_disk import moment_us
from tests.end_to_end.test_kills import exported


@pytest.fixture(scope="module")
def recorder(shared):
    return shared


@pytest.fixture
def hal(recorder):
    with HalClient(recorder.instance.socket("hal")) as client:
        yield client


def disks(recorder):
    return {one["place"]: one for one in recorder.answer("status")["disks"]}


def bays(recorder):
    return {one["name"]: one for one in recorder.answer("status")["bays"]}


def light(hal, name):
    return next(one for one in hal.devices() if (one.kind, one.name) == ("indicator", name)).light


@pytest.mark.covers("D-HW-14")
def test_a_pulled_disk_costs_no_recording_and_the_light_says_which_bay(recorder, hal, tmp_path):
    wait_for(lambda: bays(recorder).get("1", {}).get("place") == "disk1", 60)
    hal.simulate("bay", "2", "insert")
    new = wait_for(lambda: (one := bays(recorder)["2"])["occupied"] and one, 60)
    assert "disk2" not in disks(recorder)  # nothing is formatted because it was pushed in
    refused = recorder.command("bay", "prepare", "2", "--serial", "OTHER", "--name", "disk2", check=False)
    assert f"not the serial number of {new['disk']}" in refused
    recorder.command("bay", "prepare", "2", "--serial", new["serial"], "--name", "disk2", "--size", "600M")
    wait_for(lambda: disks(recorder).get("disk2", {}).get("state") == "writable", 60)
    wait_for(lambda: bays(recorder)["2"]["place"] == "disk2", 60)
    wait_for(lambda: recorder.stream(1)["recording"], 60)
    taking = wait_for(lambda: next((p for p, d in disks(recorder).items() if d["used_bytes"]), ""), 60)
    pulled = next(name for name, bay in bays(recorder).items() if bay["place"] == taking)
    other = {"1": "2", "2": "1"}[pulled]
    assert (light(hal, f"BAY{pulled}"), light(hal, "HDD")) == ("off", "off")
    # Long enough that pictures from before the pull are on it.
    begun = moment_us(recorder.spans(1)[-1]["end"])
    wait_for(lambda: moment_us(recorder.spans(1)[-1]["end"]) > begun + 3_000_000, 60)

    hal.simulate("bay", pulled, "pull")
    wait_for(lambda: light(hal, f"BAY{pulled}") == "steady", 60)
    assert light(hal, f"BAY{other}") == "off"
    assert light(hal, "HDD") == "steady"
    assert bays(recorder)[pulled]["fault"] == f"disk {taking} is missing"
    wait_for(lambda: recorder.stream(1)["recording"], 60)
    end = wait_for(lambda: (found := recorder.spans(1)) and found[-1]["end"], 60)
    wait_for(lambda: recorder.spans(1)[-1]["end"] > end, 60)

    hal.simulate("bay", pulled, "insert", serial=bays_serial(recorder, taking))
    wait_for(lambda: disks(recorder)[taking]["state"] == "writable", 60)
    wait_for(lambda: (light(hal, f"BAY{pulled}"), light(hal, "HDD")) == ("off", "off"), 60)
    taken = [one for n, span in enumerate(recorder.spans(1)) for one in exported(recorder, span, tmp_path / f"{n}.mp4")]
    frames = [one.frame for one in taken if one.time_us > begun]
    assert frames == list(range(frames[0], frames[0] + len(frames)))
    assert taken[-1].time_us > moment_us(end)


def bays_serial(recorder, place):
    """The serial number of the disk with this directory, which lies on the shelf."""
    (shelf,) = (recorder.data / "hardware" / "shelf").iterdir()
    assert (shelf / "disk.json").exists(), place
    return shelf.name


@pytest.mark.covers("D-HW-14")
def test_a_disk_that_is_let_go_is_missed_by_nobody_and_records_again_when_it_is_back(recorder, hal):
    wait_for(lambda: recorder.stream(1)["recording"] and bays(recorder)["1"]["place"] == "disk1", 60)
    assert recorder.command("bay", "release", "1").strip() == "The disk can be pulled now."
    wait_for(lambda: not bays(recorder)["1"]["occupied"], 60)
    wait_for(lambda: disks(recorder)["disk1"]["state"] == "missing", 60)
    hal.simulate("bay", "1", "pull")
    assert (bays(recorder)["1"]["fault"], light(hal, "BAY1")) == ("", "off")
    hal.simulate("bay", "1", "insert", serial=bays_serial(recorder, "disk1"))
    wait_for(lambda: disks(recorder)["disk1"]["state"] == "writable", 60)
    wait_for(lambda: recorder.stream(1)["recording"], 60)


@pytest.mark.covers("D-STO-09")
def test_a_worn_disk_is_told_in_words_with_its_bay_before_it_fails(recorder, hal):
    wait_for(lambda: bays(recorder).get("1", {}).get("verdict") == "good", 60)
    hal.simulate("disk", "1", "age", years=6)
    worn = wait_for(lambda: (one := bays(recorder)["1"])["verdict"] == "replace" and one, 60)
    assert worn["words"].startswith("Replace it soon: ")
    assert worn["fault"] == worn["words"]
    wait_for(lambda: light(hal, "BAY1") == "steady", 60)
