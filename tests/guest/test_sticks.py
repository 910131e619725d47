"""USB sticks on a real kernel: pushed in, mounted by hal-admin, read, written by an export, pulled in the middle."""

import json

import pytest

from tests.guest.appliance import DATA, STICKS
from tests.guest.stick import FIRST, Stick

DIRTY = 0x25
"""Where FAT12 and FAT16 say that they were not closed (fatgen103, BS_Reserved1)."""


@pytest.fixture(scope="module")
def usb(machine, guest):
    """The USB controller; gives what udev calls its first port."""
    guest.run("modprobe -a xhci_pci usb_storage sd_mod")
    probe = Stick(guest, "probe", 8)
    probe.plug()
    look = "grep -ls NJ-probe /sys/bus/usb/devices/*/serial"
    guest.shell.poll(look, until=lambda told: "serial" in told)
    name = guest.shell.poll(
        "ls -d /sys/bus/usb/devices/*:1.0/host*/target*/*/block/*", until=lambda told: "/sd" in told
    )
    machine.settle()
    path = machine.path(f"/dev/{name.strip().rpartition('/')[2]}")
    probe.discard()
    return path.rpartition(":1.0-")[0]


@pytest.fixture
def sticks(guest):
    """Make sticks that are thrown away after the test."""
    made = []

    def make(name, size_mb=64):
        made.append(Stick(guest, name, size_mb))
        return made[-1]

    yield make
    for one in made:
        one.discard()


@pytest.fixture
def port(appliance, usb):
    """hal, hal-admin and what control does of sticks; gives what looks at the port."""
    appliance.board({"kind": "usb_port", "name": "USB1", "driver": "stick", "paths": [usb]})
    appliance.admin()
    appliance.hal()
    appliance.control()
    return lambda: appliance.device("usb_port", "USB1")


def in_use(appliance, place):
    appliance.guest.shell.write("/tmp/used", place.encode())


def open_for_writing(appliance, state):
    in_use(appliance, state["place"])
    asked = appliance.ask("nightjar-control", "stick", "mount", disk=state["disk"], writing=True)
    assert asked == {"result": state["place"]}


@pytest.mark.covers("D-BKP-04")
def test_a_stick_is_read_while_it_is_in_and_written_only_while_an_export_goes_there(guest, appliance, port, sticks):
    stick = sticks("fat")
    stick.format("vfat")
    before = stick.path.read_bytes()
    assert not port()["occupied"]
    stick.plug()
    state = appliance.poll(port, lambda one: one["place"])
    assert (state["label"], state["serial"], state["writing"], state["problem"]) == ("KEYS", "NJ-fat", False, "")
    assert 0 < state["free_bytes"] < state["capacity_bytes"] == stick.size_bytes
    place = state["place"]
    assert place.startswith(f"{STICKS}/stick-")
    told = guest.run(f"findmnt -no OPTIONS,FSTYPE {place}")
    assert all(word in told for word in ("ro,", "nosuid", "nodev", "noexec", "nosymfollow", "vfat"))
    as_reader = "setpriv --reuid=nightjar-reader --regid=nightjar-reader --init-groups --inh-caps=-all"
    assert "Read-only file system" in guest.run(f"{as_reader} touch {place}/x 2>&1", check=False)
    assert "Permission denied" in guest.run(f"setpriv --reuid=nobody --clear-groups ls {place} 2>&1", check=False)

    # The recorder exports: what is filmed here is written by the export's own process as the reader's user.
    guest.run(f"mkdir -p {DATA}/disks/d {DATA}/state && chown -R nightjar-reader: {DATA}")
    film = ("tests.guest.inside.film", f"{DATA}/disks/d", "--size-mb", "28", "--mains", "1", "--seconds", "20")
    appliance.as_user("nightjar-reader", *film, "--state", f"{DATA}/state").wait_for("\ndone")
    open_for_writing(appliance, state)
    appliance.poll(port, lambda one: one["writing"])
    job = {"channels": [1], "stream": "main", "start_us": 0, "end_us": 1 << 52, "path": place, "names": {"1": "Yard"}}
    guest.shell.write("/tmp/job.json", json.dumps(job).encode())
    exports = ("recorder.playback.export", "--data", DATA, "--job", "/tmp/job.json")
    exported = appliance.as_user("nightjar-reader", *exports)
    exported.wait()
    assert '"state":"done"' in exported.output, exported.output
    in_use(appliance, "")
    appliance.poll(port, lambda one: not one["writing"])
    assert port()["place"] == place
    names = guest.run(f"ls -l {place}")
    assert "Yard" in names and ".mp4" in names  # noqa: PT018 - both of one file
    stick.pull()
    appliance.poll(port, lambda one: not one["occupied"])
    guest.shell.poll(f"ls {STICKS}; cat /proc/self/mountinfo", until=lambda told: "stick-" not in told)
    after = stick.path.read_bytes()
    assert b"ftyp" not in before
    assert b"ftyp" in after
    # The kernel marked the file system as closed in order: nothing of it is left to be written.
    assert after[FIRST * 512 + DIRTY] & 1 == 0


@pytest.mark.parametrize("kind", ["exfat", "ext4"])
def test_file_systems_of_other_machines_are_read_and_written(guest, appliance, port, sticks, kind):
    stick = sticks(kind)
    stick.format(kind)
    stick.plug()
    state = appliance.poll(port, lambda one: one["place"] or one["problem"])
    assert (state["label"], state["problem"]) == ("KEYS", "")
    open_for_writing(appliance, state)
    appliance.poll(port, lambda one: one["writing"])
    as_reader = "setpriv --reuid=nightjar-reader --regid=nightjar-reader --init-groups --inh-caps=-all"
    guest.run(f"{as_reader} sh -c 'echo evidence > {state['place']}/clip.txt'")
    in_use(appliance, "")
    appliance.poll(port, lambda one: not one["writing"] and one["place"])
    assert guest.run(f"{as_reader} cat {state['place']}/clip.txt") == "evidence\n"
    stick.pull()
    appliance.poll(port, lambda one: not one["occupied"])
    stick.plug()
    again = appliance.poll(port, lambda one: one["place"])
    assert again["place"] != state["place"]
    assert guest.run(f"{as_reader} cat {again['place']}/clip.txt") == "evidence\n"


@pytest.mark.covers("D-BKP-04")
@pytest.mark.parametrize("kind", ["vfat", "exfat", "ext4"])
def test_a_service_with_a_view_of_its_own_writes_while_a_stick_may_be_written_and_never_else(
    guest, appliance, port, sticks, kind
):
    """Each service of the image has one, that began before the stick came, or between two exports."""
    stick = sticks(f"seen-{kind}")
    stick.format(kind)
    guest.run("mount --make-rshared /")
    views = [own_view(guest)]
    stick.plug()
    state = appliance.poll(port, lambda one: one["place"])
    for count in (1, 2):
        for view in views:
            assert "Read-only file system" in guest.run(f"{view} touch {state['place']}/x 2>&1", check=False)
        open_for_writing(appliance, state)
        appliance.poll(port, lambda one: one["writing"])
        for nth, view in enumerate(views):
            guest.run(f"{view} touch {state['place']}/written-{count}-{nth}")
        in_use(appliance, "")
        appliance.poll(port, lambda one: not one["writing"] and one["place"])
        views.append(own_view(guest))
    assert guest.run(f"ls {state['place']}").split()[-3:] == ["written-1-0", "written-2-0", "written-2-1"]


def own_view(guest):
    """Begin a view of what is mounted as services of the image have it; gives the words that run something there."""
    begun = guest.shell.start("unshare --mount --propagation slave sh -c 'echo pid $$.; exec sleep 600'")
    begun.wait_for(".")
    return f"nsenter --mount --target {begun.output.split()[1].rstrip('.')}"


def test_a_stick_that_is_pulled_while_it_is_written_leaves_nothing_behind_and_the_next_one_works(
    guest, appliance, port, sticks
):
    stick = sticks("torn")
    stick.format("vfat", table=False)
    stick.plug()
    state = appliance.poll(port, lambda one: one["place"])
    open_for_writing(appliance, state)
    writer = guest.shell.start(f"exec 3> {state['place']}/big && echo open && while echo more >&3; do :; done")
    writer.wait_for("open")
    stick.pull()
    appliance.poll(port, lambda one: not one["occupied"])
    guest.shell.poll("cat /proc/self/mountinfo", until=lambda told: state["place"] not in told)
    writer.signal(9)
    writer.wait()
    in_use(appliance, "")
    other = sticks("next")
    other.format("vfat")
    other.plug()
    assert appliance.poll(port, lambda one: one["place"])["serial"] == "NJ-next"


def test_a_stick_with_a_damaged_file_system_or_none_gets_words_and_one_with_a_switch_is_read(
    guest, appliance, port, sticks
):
    empty = sticks("empty", 8)
    empty.plug()
    assert "it is empty, or damaged" in appliance.poll(port, lambda one: one["problem"])["problem"]
    empty.pull()
    appliance.poll(port, lambda one: not one["occupied"])

    foreign = sticks("foreign")  # Debian builds no module for NTFS
    foreign.format("ntfs")
    foreign.plug()
    state = appliance.poll(port, lambda one: one["occupied"])
    told = appliance.ask("nightjar-control", "stick", "mount", disk=state["disk"])
    assert "does not know the file system of the stick (ntfs3)" in told["error"]
    foreign.pull()
    appliance.poll(port, lambda one: not one["occupied"])

    broken = sticks("broken")
    broken.format("ext4")
    with broken.path.open("r+b") as file:  # the group descriptors; what says that it is ext4 stays
        file.seek(FIRST * 512 + 2048)
        file.write(bytes(range(256)) * 256)
    broken.plug()
    state = appliance.poll(port, lambda one: one["occupied"])
    told = appliance.ask("nightjar-control", "stick", "mount", disk=state["disk"])
    assert "is damaged; have it checked at a computer" in told["error"]
    assert guest.run(f"ls {STICKS}").split() == []
    broken.pull()
    appliance.poll(port, lambda one: not one["occupied"])

    parts = sticks("parts")
    parts.partition("start=2048,size=8192", "start=10240,size=65536", "start=75776,size=16384")
    parts.put("vfat", 2048, 8192)
    parts.put("exfat", 75776, 16384)
    parts.plug(read_only=True)
    state = appliance.poll(port, lambda one: one["place"])
    assert "exfat" in guest.run(f"findmnt -no FSTYPE {state['place']}")
    assert state["read_only"]
    asked = appliance.ask("nightjar-control", "stick", "mount", disk=state["disk"], writing=True)
    assert "protected from writing" in asked["error"]
