"""Bays over the API: nothing is lost by mistake, what takes a while can be watched and given up."""

import json
import sqlite3

import pytest

from hal.client import HalClient
from recorder.client.answers import JobState
from recorder.client.unix_http import ApiError
from recorder.store import initialise_disk
from tests.hal import in_threads
from tests.recorder.api.served import wait_for


@pytest.fixture
def hal(served):
    """The hardware service and the root helper of a laptop: a recording disk in bay 1, an empty one in bay 2."""
    instance = served.instance
    initialise_disk(instance.disks / "disk1", size_bytes=16 << 20, block_bytes=1 << 20, name="disk1")
    world = instance.data.absolute()
    with (
        in_threads.hal(instance.socket("hal"), "--world", world),
        in_threads.hal_admin(instance.socket("hal-admin"), instance.state / "audit.jsonl", world),
        HalClient(instance.socket("hal"), timeout_s=60) as client,
    ):
        client.simulate("bay", "2", "insert")
        wait_for(lambda: (found := bays(served)).get("2") and found["2"].occupied and found["1"].place)
        yield client


def bays(served):
    return {one.name: one for one in served.owner.bays()}


def ended(served, bay):
    return wait_for(lambda: (job := bays(served)[bay].job) and job.state.over and job)


@pytest.mark.covers("D-STO-02.2", "D-RULE-12")
def test_a_disk_is_prepared_only_with_its_serial_number_typed_back(served, hal):
    bay = bays(served)["2"]
    with pytest.raises(ApiError, match="OTHER is not the serial number of sim2") as refused:
        served.owner.prepare_disk("2", "OTHER")
    assert refused.value.http_status == 409
    assert bays(served)["2"].job is None
    began = served.owner.prepare_disk("2", bay.serial, size_bytes=600 << 20)
    assert began.job.state is JobState.RUNNING
    with pytest.raises(ApiError, match="Something is being done with the disk in bay 2"):
        served.owner.prepare_disk("2", bay.serial)
    assert ended(served, "2").words == "It is the recording disk disk2 now."
    assert (served.instance.disks / "disk2" / "disk.json").exists()
    wait_for(lambda: bays(served)["2"].place == "disk2")
    (noted,) = [one for one in served.control.settings.changes() if one.field == "prepared"]
    assert bay.serial in noted.new


@pytest.mark.covers("D-RULE-13")
def test_of_a_recording_disk_that_is_prepared_anew_media_is_told_that_it_is_no_more(served, hal, monkeypatch):
    media = served.beside("media", lambda told: [{"op": "disk_forgotten"}] if told["op"] == "forget_disk" else [])
    serial = bays(served)["2"].serial
    served.owner.prepare_disk("2", serial, size_bytes=600 << 20)
    assert ended(served, "2").state is JobState.DONE
    assert media.of("forget_disk") == []
    wait_for(lambda: bays(served)["2"].place == "disk2")
    before = json.loads((served.instance.disks / "disk2" / "disk.json").read_text())["id"]
    monkeypatch.setattr(served.control.bay_work._places, "is_recorded_to", lambda _place: False)
    served.owner.prepare_disk("2", serial, size_bytes=600 << 20)
    wait_for(lambda: bays(served)["2"].job.state is JobState.RUNNING or media.of("forget_disk"))
    assert ended(served, "2").state is JobState.DONE
    assert [one["disk"] for one in media.of("forget_disk")] == [before]


def test_preparing_a_disk_can_be_given_up_and_leaves_no_recording_disk(served, hal):
    bay = bays(served)["2"]
    served.owner.prepare_disk("2", bay.serial)
    wait_for(lambda: bays(served)["2"].job.percent > 0)
    served.owner.cancel_bay_job("2")
    assert ended(served, "2").state is JobState.CANCELLED
    assert sorted(one.name for one in served.instance.disks.iterdir()) == ["disk1"]


def test_a_disk_that_is_recorded_to_is_not_prepared(served, hal):
    bay = bays(served)["1"]
    with pytest.raises(ApiError, match="recorded to; set it to Only play"):
        served.owner.prepare_disk("1", bay.serial)
    for name in ("../x", "disk1", "a" * 13):
        with pytest.raises(ApiError):
            served.owner.prepare_disk("2", bays(served)["2"].serial, name=name)
    assert (served.instance.disks / "disk1" / "disk.json").exists()


def test_a_disk_without_recordings_is_let_go_and_found_again(served, hal):
    served.owner.release_disk("2")
    assert ended(served, "2").words == "The disk can be pulled now."
    wait_for(lambda: not bays(served)["2"].occupied)
    with pytest.raises(ApiError, match="Bay 2 is empty"):
        served.owner.release_disk("2")
    served.owner.scan_bay("2")
    wait_for(lambda: bays(served)["2"].occupied)


@pytest.mark.covers("D-STO-07")
def test_a_self_test_runs_is_told_and_given_up(served, hal):
    served.owner.test_disk("1")
    wait_for(lambda: bays(served)["1"].self_test == "running")
    served.owner.stop_disk_test("1")
    wait_for(lambda: bays(served)["1"].self_test == "stopped")
    assert served.owner.check_disk("1").verdict == "good"


def test_the_light_of_a_bay_shows_which_one_it_is(served, hal):
    assert bays(served)["2"].light
    assert served.owner.locate_bay("2", on=True).located
    wait_for(lambda: bays(served)["2"].located)
    assert not bays(served)["1"].located
    served.owner.locate_bay("2", on=False)
    wait_for(lambda: not bays(served)["2"].located)


def test_only_who_keeps_the_storage_touches_a_disk(served, hal):
    for ask in ("bays", "arrays"):
        with pytest.raises(ApiError) as refused:
            getattr(served.screen, ask)()
        assert refused.value.http_status == 403
    for act in (served.screen.release_disk, served.screen.scan_bay, served.screen.check_disk):
        with pytest.raises(ApiError) as refused:
            act("1")
        assert refused.value.http_status == 403
    with pytest.raises(ApiError, match="no bay 9"):
        served.owner.scan_bay("9")


def test_without_the_hardware_service_there_is_no_bay(served):
    assert served.owner.bays() == []
    assert served.owner.arrays() == []


def array_ended(served, name="video"):
    return wait_for(lambda: (job := arrays(served)[name].job) and job.state.over and job)


def arrays(served):
    return {one.name: one for one in served.owner.arrays()}


@pytest.mark.covers("D-STO-03", "D-STO-02.2")
def test_an_array_is_made_of_bays_made_ready_recorded_to_paced_compared_and_taken_apart(served, hal):
    hal.simulate("bay", "1", "pull")
    hal.simulate("bay", "1", "insert")
    wait_for(lambda: (one := bays(served)["1"]).occupied and not one.place)
    typed = {one.name: one.serial for one in served.owner.bays()}
    with pytest.raises(ApiError, match="WRONG is not the serial number of sim2"):
        served.owner.create_array("video", "raid1", {**typed, "2": "WRONG"})
    with pytest.raises(ApiError, match="spare and in use"):
        served.owner.create_array("video", "raid1", typed, {"2": typed["2"]})
    for title in ("../x", ""):
        with pytest.raises(ApiError):
            served.owner.create_array(title, "raid1", typed)
    assert served.owner.arrays() == []
    served.owner.create_array("video", "raid1", typed)
    assert ended(served, "1").words == ended(served, "2").words == "They are the array video now."
    array = wait_for(lambda: arrays(served).get("video"))
    assert (array.title, array.level, {one.bay for one in array.members}) == ("video", "raid1", {"1", "2"})
    wait_for(lambda: bays(served)["2"].array == "video")
    with pytest.raises(ApiError, match="belongs to the array video"):
        served.owner.release_disk("2")
    with pytest.raises(ApiError, match="belongs to the array video"):
        served.owner.prepare_disk("2", typed["2"])

    for wrong in ("deadbeef", array.uuid[:7], ""):
        with pytest.raises(ApiError, match="is not the id of the array video") as refused:
            served.owner.prepare_array("video", wrong)
        assert refused.value.http_status == 409
    served.owner.prepare_array("video", array.uuid[:8].upper(), name="film", size_bytes=600 << 20)
    with pytest.raises(ApiError, match="Something is being done with the array"):
        served.owner.delete_array("video", array.uuid)
    assert array_ended(served).words == "It is the recording disk film now."
    assert (served.instance.disks / "film" / "disk.json").exists()
    wait_for(lambda: arrays(served)["video"].place == "film")
    assert [one.place for one in served.owner.bays()] == ["", ""], "it is no recording disk of a single bay"
    row = next(one for one in served.owner.storage().rows if one.kind == "array")
    assert "Bays 1, 2" in row.note
    assert array.uuid in {one.words for one in row.facts}
    with pytest.raises(ApiError, match="recorded to; set it to Only play"):
        served.owner.delete_array("video", array.uuid)

    served.owner.set_array_pace(array.name, "balanced")
    wait_for(lambda: served.owner.arrays()[0].pace == "balanced")
    wait_for(lambda: served.owner.arrays()[0].health == "good")
    served.owner.verify_array(array.name)
    wait_for(lambda: (one := served.owner.arrays()[0]).health == "verifying" and one.progress_percent is not None)
    with pytest.raises(ApiError, match="no array md9"):
        served.owner.set_array_pace("md9", "balanced")

    hal.simulate("bay", "1", "pull")
    wait_for(lambda: arrays(served)["video"].health == "degraded")
    assert arrays(served)["video"].place == "film", "it is recorded to as before"
    hal.simulate("bay", "1", "insert")
    fresh = wait_for(lambda: (one := bays(served)["1"]).serial not in {"", typed["1"]} and one)
    row = wait_for(lambda: next(one for one in served.owner.storage().rows if "add" in one.deeds))
    assert "1 missing" in row.note
    assert row.free == ("1",)
    with pytest.raises(ApiError, match="is not the serial number"):
        served.owner.add_to_array("video", "1", typed["1"])
    served.owner.add_to_array("video", "1", fresh.serial)
    wait_for(lambda: "spare of the array video" in ended(served, "1").words)
    wait_for(lambda: {one.role for one in arrays(served)["video"].members if one.bay == "1"} == {"rebuilding"})
    noted = {one.field: one.new for one in served.control.settings.changes()}
    assert fresh.serial in noted["array disk added"]
    assert typed["1"] in noted["array made"]
    assert array.uuid in noted["prepared"]


@pytest.mark.covers("D-STO-03")
def test_an_array_that_nobody_records_to_is_taken_apart_and_its_disks_are_free(served, hal):
    hal.simulate("bay", "1", "pull")
    hal.simulate("bay", "1", "insert")
    wait_for(lambda: (one := bays(served)["1"]).occupied and not one.place)
    served.owner.create_array("video", "raid0", {one.name: one.serial for one in served.owner.bays()})
    ended(served, "1")
    array = wait_for(lambda: arrays(served).get("video"))
    served.owner.prepare_array("video", array.uuid)
    wait_for(lambda: arrays(served)["video"].job.percent > 0)
    served.owner.cancel_array_job("video")
    assert array_ended(served).state is JobState.CANCELLED
    served.owner.delete_array("video", array.uuid)
    wait_for(lambda: served.owner.arrays() == [])
    wait_for(lambda: bays(served)["2"].array == "")


def test_all_devices_are_told_by_kind_with_what_the_kind_tells(served, hal):
    found = {(one.kind, one.name): one for one in served.owner.devices()}
    assert found["temperature", "CPU"].state["celsius"] > 0
    assert found["bay", "2"].state["occupied"] is True
    assert found["fan", "FAN1"].simulated
    assert {one.kind for one in hal.devices()} == {kind for kind, _name in found}


def test_what_cannot_be_noted_is_not_done(served, hal, monkeypatch):
    serial = bays(served)["2"].serial

    def full(*_about):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(served.control.settings, "remark", full)
        with pytest.raises(ApiError):
            served.owner.prepare_disk("2", serial, size_bytes=600 << 20)
    assert bays(served)["2"].job.state is JobState.FAILED
    assert sorted(one.name for one in served.instance.disks.iterdir()) == ["disk1"]
    served.owner.prepare_disk("2", serial, size_bytes=600 << 20)
    assert ended(served, "2").state is JobState.DONE
