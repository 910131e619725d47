import json
from dataclasses import replace

import pytest

from hal.admin.firmware import Firmwares
from hal.admin.job import Done, ProgramFailed
from hal.drivers.firmware_slot.rauc import RaucSlot
from hal.errors import BadAnswer, HalError, Offline
from hal.kinds.verbs import checked, verbs_of
from hal.machine import Machine
from tests.hal.blocks import Blocks
from tests.hal.contracts.device import Rig
from tests.hal.contracts.firmware_slot import FirmwareSlotContract
from tests.hal.rescue.scripted import divide

INSTALLS = (
    "rauc: Error retrieving slot status via D-Bus: error calling D-Bus method"
    ' "GetSlotStatus": already processing a different method'
)
"""What RAUC 1.8 said of its slots while it installed for eight minutes."""


class Rauc(Rig):
    """RAUC's words (rauc 1.8, status in JSON) about two systems with a boot slot each."""

    def __init__(self):
        self.primary = "rootfs.0"
        self.good = {"rootfs.0": "good", "rootfs.1": "good"}
        self.gone = False
        self.words = ""
        self.installs = False
        self.asked = []
        self.firmware = Firmwares(Machine(), run=self.run)
        self.machine = Machine(admin=self.admin)
        super().__init__(RaucSlot("A", self.machine, bootname="A"))
        self.other = RaucSlot("B", self.machine, bootname="B")

    def admin(self, noun, verb, args):
        """The root helper, which alone reaches RAUC."""
        assert noun == "firmware"
        try:
            return getattr(self.firmware, verb)(**checked(verbs_of(Firmwares)[verb], args))
        except HalError as error:
            raise Offline(str(error)) from None

    def run(self, argv, _given=b"", _patience_s=60.0):
        self.asked.append(" ".join(argv))
        match argv:
            case _ if self.gone:
                raise ProgramFailed("rauc could not be started")
            case _ if self.installs:
                raise ProgramFailed(INSTALLS)
            case ["rauc", "status", "--detailed", "--output-format=json"]:
                return Done(0, (self.words or self.say()).encode(), "")
            case ["rauc", "status", "mark-active", slot]:
                self.primary = slot
            case ["rauc", "status", how, slot]:
                self.good[slot] = how.removeprefix("mark-")
        return Done(0, b"", "")

    def say(self):
        slots = [
            {
                slot: {
                    "class": "rootfs",
                    "device": f"/dev/disk/by-partlabel/system-{name}",
                    "type": "raw",
                    "bootname": name,
                    "state": state,
                    "parent": None,
                    "mountpoint": None,
                    "boot_status": self.good[slot],
                    "slot_status": {"bundle": {"compatible": "nightjar", "version": version}},
                }
            }
            for slot, name, state, version in (
                ("rootfs.0", "A", "booted", "1.2.0"),
                ("rootfs.1", "B", "inactive", "1.1.9"),
            )
        ]
        slots.append({"rescue.0": {"class": "rescue", "bootname": None, "state": "inactive", "boot_status": None}})
        return json.dumps({"compatible": "nightjar", "booted": "A", "boot_primary": self.primary, "slots": slots})

    def lose(self):
        self.gone = True


@pytest.fixture
def rig():
    return Rauc()


class TestRauc(FirmwareSlotContract):
    @pytest.mark.covers("D-MNT-09")
    def test_the_version_of_each_slot_is_told(self, rig):
        rig.device.open()
        rig.other.open()
        assert (rig.device.state.version, rig.other.state.version) == ("1.2.0", "1.1.9")

    def test_a_slot_that_is_not_there_is_told(self, rig):
        with pytest.raises(Offline, match="no slot C"):
            RaucSlot("C", rig.machine, bootname="C").open()

    def test_a_second_disk_that_the_next_start_may_take_is_told_and_a_stick_is_not(self, rig, tmp_path):
        """The first of the two was taken, and nobody told: the next start could be with the settings of another."""
        blocks = Blocks(tmp_path)
        for name, port in (("sda", "ata1"), ("sdb", "ata2")):
            blocks.disk(name, serial=f"SN-{name}", port=port)
            divide(blocks, name)
        blocks.stick("sdc")
        divide(blocks, "sdc")
        blocks.mount("sda9", "/var")
        places = {one: getattr(blocks.machine, one) for one in ("sys", "proc", "dev")}
        runs, other = (RaucSlot(one, replace(rig.machine, **places), bootname=one) for one in "AB")
        runs.open()
        other.open()
        assert [one.rpartition(" ")[2] for one in runs.state.rivals] == ["(SN-sdb)"]
        assert other.state.rivals == ()

    @pytest.mark.parametrize("words", ["{", "[]", '{"slots": 3}', '{"slots": [[]]}'])
    def test_nonsense_is_told_with_its_bytes(self, rig, words):
        rig.words = words
        with pytest.raises(BadAnswer):
            rig.device.open()

    @pytest.mark.covers("D-MNT-15")
    def test_what_was_seen_of_a_slot_stays_while_rauc_installs(self, rig):
        rig.other.open()
        rig.installs = True
        rig.other.poll()
        assert (rig.other.state.online, rig.other.state.version) == (True, "1.1.9")

    @pytest.mark.covers("D-MNT-15")
    def test_a_slot_that_was_first_looked_at_while_rauc_installed_starts_next_as_soon_as_that_is_over(self, rig):
        rig.installs = True
        with pytest.raises(Offline, match="already processing"):
            rig.other.open()
        rig.other.go_offline(INSTALLS)
        rig.installs = False
        rig.other.start_next()
        assert (rig.primary, rig.other.state.online, rig.other.state.next) == ("rootfs.1", True, True)
