"""hal without rights and hal-admin as root, as on the appliance: who reaches them, who may ask what, and the audit."""

import pytest

from tests.guest.appliance import ADMIN, AUDIT, HAL

MB = 1 << 20


@pytest.fixture
def daemons(appliance, drives):
    """Both daemons, with one drive in bay 1; gives the drive."""
    drive = drives("served", 320 * MB)
    path = appliance.path_of(drive)
    appliance.board({"kind": "bay", "name": "1", "driver": "connector", "path": path})
    appliance.admin()
    appliance.hal()
    appliance.await_bay("1", occupied=True)
    return drive


@pytest.mark.covers("D-STO-02.2")
def test_each_daemon_has_the_rights_it_needs_and_each_user_what_is_on_its_list(guest, appliance, daemons):
    disk = appliance.device("bay", "1")["disk"]
    # The kernel's word: hal is nobody special, hal-admin is root, and neither listens on a network.
    for module, uid in (("hal --socket", "nightjar-hal"), ("hal.admin", "root")):
        (process,) = guest.run(f"pgrep -f '^python3 -m {module}'").split()
        assert guest.run(f"stat -c %U /proc/{process}").strip() == uid
        capable = int(guest.run(f"awk '/CapEff/ {{ print $2 }}' /proc/{process}/status"), 16)
        assert bool(capable) is (uid == "root")
        assert guest.run(f"ls -l /proc/{process}/fd | grep -c socket").strip() != "0"
    assert guest.run("cat /proc/net/tcp /proc/net/udp | grep -vc local_address", check=False).strip() == "0"
    for socket in (HAL, ADMIN):
        assert guest.run("stat", "-c", "%a %G", socket).strip() == "660 nightjar"

    def refused(user, *words, **args):
        return appliance.client(user, *words, **args)["error"]

    ready = {"disk": disk, "serial": f"NJ-{daemons.name}", "label": "disk1"}
    assert "nightjar-gui may not ask disk" in refused("nightjar-gui", "admin", "disk", "initialise", **ready)
    assert "nightjar-hal may not ask disk" in refused("nightjar-hal", "admin", "disk", "initialise", **ready)
    assert "nightjar-media may not ask mount" in refused("nightjar-media", "admin", "mount", "recording", disk=disk)
    assert "nightjar-gui may not ask bay 1 to release" in refused("nightjar-gui", "call", "bay", "1", "release")
    assert "may not ask bay 1 to scan" in refused("nightjar-media", "call", "bay", "1", "scan")
    # Who is in no group of ours does not even reach them.
    outside = appliance.as_user("nobody", "tests.guest.inside.client", "devices", "{}", group="nogroup")
    outside.wait()
    assert "Permission denied" in outside.output
    assert guest.run(f"blkid -p {daemons.device}", check=False).strip() == ""

    # hal asks hal-admin for what a driver needs, as itself; control may have everything.
    assert appliance.call("nightjar-control", "bay", "1", "scan") == {"result": None}
    assert '"smartctl"' in appliance.ask("nightjar-hal", "disk", "health", disk=disk)["result"]
    assert appliance.call("nightjar-control", "bay", "1", "release") == {"result": None}
    assert daemons.device.removeprefix("/dev/") not in guest.run("ls /sys/block").split()

    told = [(one["what"], one["verb"], one["user"]) for one in appliance.audit()]
    assert told == [
        ("refused", "disk.initialise", "nightjar-gui"),
        ("refused", "disk.initialise", "nightjar-hal"),
        ("refused", "mount.recording", "nightjar-media"),
        ("asked", "slot.release", "nightjar-hal"),
        ("done", "slot.release", "nightjar-hal"),
    ]
    assert appliance.audit()[0]["args"]["serial"] == ready["serial"]
    assert guest.run("stat", "-c", "%a %U", AUDIT).strip() == "600 root"
    assert "refused: bay 1 release by nightjar-gui" in appliance.said("nightjar-hal")
