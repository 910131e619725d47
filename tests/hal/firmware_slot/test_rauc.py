import json

import pytest

from hal.drivers.firmware_slot.rauc import RaucSlot
from hal.errors import BadAnswer, Offline
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.firmware_slot import FirmwareSlotContract
from tests.hal.programs import Programs

STATUS = "rauc status --detailed --output-format=json"


class Rauc(Rig):
    """RAUC's words (rauc 1.8, status in JSON) about two systems with a boot slot each."""

    def __init__(self):
        self.primary = "rootfs.0"
        self.good = {"rootfs.0": "good", "rootfs.1": "good"}
        answers = {STATUS: self.say}
        for slot in self.good:
            answers[f"rauc status mark-good {slot}"] = lambda slot=slot: self.mark(slot, "good")
            answers[f"rauc status mark-bad {slot}"] = lambda slot=slot: self.mark(slot, "bad")
            answers[f"rauc status mark-active {slot}"] = lambda slot=slot: self.activate(slot)
        self.programs = Programs(answers)
        machine = Machine(run=self.programs)
        super().__init__(RaucSlot("A", machine, bootname="A"))
        self.other = RaucSlot("B", machine, bootname="B")

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

    def mark(self, slot, status):
        self.good[slot] = status
        return ""

    def activate(self, slot):
        self.primary = slot
        return ""

    def lose(self):
        self.programs.gone = True


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
            RaucSlot("C", Machine(run=rig.programs), bootname="C").open()

    @pytest.mark.parametrize("words", ["{", "[]", '{"slots": 3}', '{"slots": [[]]}'])
    def test_nonsense_is_told_with_its_bytes(self, rig, words):
        rig.programs.answers[STATUS] = words
        with pytest.raises(BadAnswer):
            rig.device.open()
