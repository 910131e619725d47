"""Bays and arrays on a real kernel: virtio-scsi drives, md, and the code that drives them on the target."""

import json

import pytest

from tests.guest.bays import DATA, Recording
from tests.guest.bays import whole as whole_of

MB = 1 << 20

ASK = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from hal.admin.array import Arrays
from hal.admin.guard import Guard
from hal.drivers.array.md import MdArrays
from hal.kernel.block import disks
from hal.kernel.connector import paths_of
from hal.kinds.verbs import checked, verbs_of
from hal.machine import Machine
machine = Machine(etc=Path("/tmp"))
arrays = Arrays(Guard(machine))
verb, args = json.loads(sys.argv[1])
result = None
if verb == "disks":
    result = [{**asdict(one), "sys_path": "", "paths": sorted(paths_of(one.sys_path))} for one in disks(machine)]
elif verb == "state":
    seen = MdArrays("ARRAYS", machine)
    seen.open()
    result = [asdict(one) for one in seen.state.sets]
else:
    result = getattr(arrays, verb)(**checked(verbs_of(Arrays)[verb], args))
print(json.dumps(result))
"""


@pytest.fixture
def ask(guest):
    """Ask hal-admin's arrays, or the driver, in the guest; words of a refusal come as an error."""

    def run(verb, **args):
        return json.loads(guest.run("python3", "-c", ASK, json.dumps([verb, args])).splitlines()[-1])

    for module in ("raid0", "raid1", "raid10", "raid456"):
        guest.run("modprobe", module)
    return run


def member(drive):
    return {"disk": drive.device.removeprefix("/dev/"), "serial": f"NJ-{drive.name}"}


def test_a_drive_is_told_by_its_serial_and_its_connector(drives, ask):
    drive = drives("told", 16 * MB)
    drive.plug()
    (found,) = [one for one in ask("disks") if one["serial"] == "NJ-told"]
    assert found["name"] == drive.device.removeprefix("/dev/")
    assert found["size_bytes"] == 16 * MB
    assert found["mounts"] == []
    assert any(path.startswith("pci-0000:") and "-scsi-0:0:" in path for path in found["paths"])
    drive.pull()
    assert not [one for one in ask("disks") if one["serial"] == "NJ-told"]


@pytest.mark.covers("D-STO-03", "D-STO-04")
def test_an_array_is_made_misses_a_drive_rebuilds_with_a_spare_is_verified_and_taken_apart(guest, drives, ask):
    all_four = [drives(f"raid{number}", 64 * MB) for number in range(4)]
    for one in all_four:
        one.plug()
    first, *rest, spare = all_four
    title = "footage"

    def state(until):
        look = ("python3", "-c", ASK, '["state", {}]')
        told = guest.shell.poll(*look, until=lambda said: until(json.loads(said.splitlines()[-1])[0]))
        return json.loads(told.splitlines()[-1])[0]

    array = ask("create", title=title, level="raid5", members=[member(one) for one in (first, *rest)])
    whole = state(lambda one: one["health"] == "good")
    assert (whole["level"], whole["disks_wanted"], whole["title"]) == ("raid5", 3, title)
    assert {one["serial"] for one in whole["members"]} == {"NJ-raid0", "NJ-raid1", "NJ-raid2"}
    assert 100 * MB < whole["capacity_bytes"] < 128 * MB

    ask("set_pace", array=array, pace="recording_first")
    assert state(lambda _one: True)["pace"] == "recording_first"
    ask("set_pace", array=array, pace="adaptive")
    assert state(lambda _one: True)["pace"] == "adaptive"

    gone = member(first)
    first.pull()
    guest.run(f"dd if=/dev/zero of=/dev/{array} bs=4096 count=1 oflag=direct 2>&1")
    assert state(lambda one: one["health"] == "degraded")
    ask("spare", array=array, shared=True, **member(spare))
    rebuilt = state(lambda one: one["health"] == "good")
    assert "NJ-raid3" in {one["serial"] for one in rebuilt["members"] if one["role"] == "active"}
    assert gone["disk"] not in {one["disk"] for one in rebuilt["members"] if one["role"] == "active"}
    assert rebuilt["uuid"] in guest.run("cat /tmp/nightjar/sharing-arrays")

    ask("verify", array=array)
    assert state(lambda one: one["health"] == "good")["mismatches"] == 0
    ask("delete", array=array, uuid=rebuilt["uuid"][:8])
    assert ask("state") == []
    assert "md" not in guest.run("cat /proc/mdstat | grep ^md || true")


@pytest.mark.covers("D-STO-03")
@pytest.mark.parametrize(
    ("level", "disks", "capacity_mb", "without_one", "without_two"),
    [
        ("raid0", 2, 128, "failed", None),
        ("raid1", 2, 64, "degraded", None),
        ("raid6", 4, 128, "degraded", "degraded"),
        ("raid10", 4, 128, "degraded", None),
    ],
)
def test_the_other_levels_hold_what_they_should_and_say_what_a_missing_drive_means(
    guest, drives, ask, level, disks, capacity_mb, without_one, without_two
):
    all_of_them = [drives(f"{level}-{number}", 64 * MB) for number in range(disks)]
    for one in all_of_them:
        one.plug()
    array = ask("create", title="levels", level=level, members=[member(one) for one in all_of_them])

    def health(wanted):
        look = ("python3", "-c", ASK, '["state", {}]')
        told = guest.shell.poll(*look, until=lambda said: json.loads(said.splitlines()[-1])[0]["health"] == wanted)
        return json.loads(told.splitlines()[-1])[0]

    whole = health("good")
    assert (whole["level"], len(whole["members"])) == (level, disks)
    assert (capacity_mb - 16) * MB < whole["capacity_bytes"] < capacity_mb * MB
    for drive, then in zip(all_of_them, (without_one, without_two), strict=False):
        if then is not None:
            drive.pull()
            # md hears of it when it next wants something of all disks.
            guest.run(f"dd if=/dev/zero of=/dev/{array} bs=1M count=4 oflag=direct 2>&1 || true")
            left = health(then)
            assert f"NJ-{drive.name}" not in {one["serial"] for one in left["members"] if one["role"] == "active"}
    ask("delete", array=array, uuid=whole["uuid"])
    assert ask("state") == []


@pytest.mark.covers("D-STO-03", "D-STO-04")
def test_a_disk_is_replaced_while_it_works_and_taken_out_the_array_grows_and_a_pulled_spare_is_forgotten(
    guest, drives, ask
):
    first, second, third, fresh, last = [drives(f"swap{number}", 64 * MB) for number in range(5)]
    for one in (first, second, third, fresh):
        one.plug()

    def state(until):
        look = ("python3", "-c", ASK, '["state", {}]')
        told = guest.shell.poll(*look, until=lambda said: until(json.loads(said.splitlines()[-1])[0]))
        return json.loads(told.splitlines()[-1])[0]

    def serials(one, role):
        return {member["serial"] for member in one["members"] if member["role"] == role}

    array = ask("create", title="swap", level="raid5", members=[member(one) for one in (first, second, third)])
    before = state(lambda one: one["health"] == "good")
    assert before["shares"]
    ask("replace", array=array, old=member(first)["disk"], **member(fresh))
    replaced = state(lambda one: one["health"] == "good" and "NJ-swap3" in serials(one, "active"))
    assert serials(replaced, "active") == {"NJ-swap1", "NJ-swap2", "NJ-swap3"}
    assert serials(replaced, "failed") == {"NJ-swap0"}
    assert replaced["disks_wanted"] == 3
    ask("remove", array=array, **member(first))
    state(lambda one: not serials(one, "failed"))

    ask("grow", array=array, **member(first))
    grown = state(lambda one: one["disks_wanted"] == 4 and one["health"] == "good")
    assert serials(grown, "active") == {"NJ-swap0", "NJ-swap1", "NJ-swap2", "NJ-swap3"}
    assert grown["capacity_bytes"] == before["capacity_bytes"] * 3 // 2

    last.plug()
    ask("spare", array=array, **member(last))
    assert serials(state(lambda one: serials(one, "spare")), "spare") == {"NJ-swap4"}
    assert not state(lambda _one: True)["shares"]
    last.pull()
    assert [one["disk"] for one in state(lambda _one: True)["members"] if one["gone"]]
    ask("forget", array=array)
    left = state(lambda one: not any(each["gone"] for each in one["members"]))
    assert (left["health"], len(left["members"])) == ("good", 4)
    ask("delete", array=array, uuid=left["uuid"][:8])


@pytest.mark.covers("D-STO-03", "D-STO-02.2")
def test_an_array_is_made_ready_mounted_recorded_to_and_goes_on_without_a_disk_and_while_it_is_rebuilt(
    guest, drives, appliance
):
    guest.run("modprobe", "raid456")
    # The file system has an inode for each 4 MiB.
    *first, spare = [drives(f"video{number}", 160 * MB) for number in range(4)]
    for one in first:
        one.plug()
    appliance.board({"kind": "array", "name": "ARRAYS", "driver": "md"})
    appliance.admin()
    appliance.hal()
    ask = lambda noun, verb, **args: appliance.ask("nightjar-control", noun, verb, **args)  # noqa: E731
    made = ask("array", "create", title="video", level="raid5", members=[member(one) for one in first])
    name = made["result"]

    def array(pleases):
        sets = lambda: appliance.device("array", "ARRAYS")["sets"]  # noqa: E731
        return appliance.poll(sets, lambda told: told and pleases(told[0]))[0]

    whole = array(lambda one: one["health"] == "good")
    about = {"disk": name, "serial": whole["uuid"], "label": "video", "filesystem": "ext4"}
    assert "not the serial number" in ask("disk", "initialise", **about | {"serial": "NJ-video0"})["error"]
    for one in first:
        assert "belongs to" in ask("disk", "initialise", **about | member(one))["error"]
    partition = ask("disk", "initialise", **about)["result"]
    array(lambda one: one["prepared"] and not one["mounts"])
    assert "TYPE=ext4" in guest.run(f"blkid -p -o export /dev/{partition}")
    place = f"{DATA}/disks/video"
    assert ask("mount", "fresh", disk=name, place="video") == {"result": place}
    assert "in use at" in ask("disk", "initialise", **about)["error"]
    film = ("tests.guest.inside.film", place, "--size-mb", "28", "--block-kb", "1024")
    appliance.as_user("nightjar-media", *film).wait_for("done")
    ask("mount", "settle", place="video")
    ask("mount", "unmount", place="video")

    # It is mounted because it is there: untouched, until it is known as ours.
    appliance.control()
    array(lambda one: one["mounts"] == [place] and one["untouched"])
    appliance.know("video")
    array(lambda one: one["mounts"] == [place] and not one["untouched"])

    running = guest.python("tests.guest.inside.record", DATA)
    running.wait_for("\nSTATE")
    recording = Recording(running)
    recording.for_seconds(2)
    first[0].pull()
    array(lambda one: one["health"] == "degraded" and one["mounts"] == [place])
    recording.for_seconds(2)
    spare.plug()
    assert "result" in ask("array", "spare", array=name, **member(spare))
    rebuilt = array(lambda one: one["health"] == "good")
    assert "NJ-video3" in {one["serial"] for one in rebuilt["members"] if one["role"] == "active"}
    recording.for_seconds(2)
    # Places of tests before it in the same machine are missed, too.
    recording.disk_is("video", "writable")
    account = recording.finish()
    assert whole_of(account)
    assert account["reasons"] == []

    assert "in use at" in ask("array", "delete", array=name, uuid=whole["uuid"])["error"]
    appliance.kill("tests.guest.inside.control")
    ask("mount", "unmount", place="video")
    assert ask("array", "delete", array=name, uuid=whole["uuid"]) == {"result": None}
    appliance.poll(lambda: appliance.device("array", "ARRAYS")["sets"], lambda sets: sets == [])
