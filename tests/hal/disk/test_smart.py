"""The drive at a connector, over answers of a real one."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hal.admin.job import Done
from hal.drivers.disk.smart import ASKED_S, SmartDisk
from hal.errors import Offline
from hal.kinds.disk import SelfTest, Verdict
from tests.hal.blocks import Blocks
from tests.hal.contracts.device import Rig
from tests.hal.contracts.disk import DiskContract
from tests.hal.rooted import Rooted

ANSWER = Path(__file__).parent / "answers" / "hdd_wd140edfz.json"
SLEEPS = {"smartctl": {"exit_status": 2, "messages": [{"string": "Device is in STANDBY mode, exit(2)"}]}}


class Drive(Rig):
    """A drive that behaves as the one that was recorded does."""

    def __init__(self, tmp_path):
        self.now_s = 1000.0
        self.blocks = Blocks(tmp_path)
        self.blocks.disk("sda", serial="9RK1XXXX", port="ata2")
        self.smart = json.loads(ANSWER.read_text())
        self.smart["ata_smart_data"]["self_test"]["status"] = {"value": 0}
        self.smart["ata_smart_self_test_log"] = {"standard": {"table": []}}
        self.test = ""
        self.awake = True
        self.rooted = Rooted(self.blocks, self._answer)
        machine = replace(self.rooted.machine, monotonic_s=lambda: self.now_s)
        super().__init__(SmartDisk("1", machine, "pci-0000:00:1f.2-ata-2"))

    def _answer(self, argv):
        assert argv[-1].endswith("/dev/sda")
        if argv[0] == "hdparm":
            self.awake = False
            return Done(0, b"", "")
        asked = set(argv)
        if "--nocheck=standby" in asked and not self.awake:
            return Done(2, json.dumps(SLEEPS).encode(), "")
        self.awake = True
        status = self.smart["ata_smart_data"]["self_test"]
        if begun := asked & {"--test=short", "--test=long"}:
            self.test = "extended" if "--test=long" in begun else "short"
            status["status"] = {"value": 0xF9, "remaining_percent": 90}
        elif "--abort" in asked:
            self.test = ""
            self._end(0x10)
        return Done(0, json.dumps(self.smart).encode(), "")

    def _end(self, code):
        self.smart["ata_smart_data"]["self_test"]["status"] = {"value": code}
        self.smart["ata_smart_self_test_log"] = {"standard": {"table": [{"status": {"value": code}}]}}

    def wear(self):
        for row in self.smart["ata_smart_attributes"]["table"]:
            if row["id"] == 197:
                row["raw"]["value"] = 8

    def spins(self):
        return self.awake

    def tests(self):
        return self.test

    def finish_test(self):
        self._end(0)

    def empty(self):
        self.blocks.remove("sda")

    def lose(self):
        self.empty()


class TestSmartDisk(DiskContract):
    @pytest.fixture
    def rig(self, tmp_path):
        return Drive(tmp_path)

    def test_a_drive_that_rests_is_not_woken_by_looking(self, rig):
        rig.device.open()
        rig.device.spin_down()
        rig.now_s += ASKED_S
        rig.device.poll()
        assert not rig.spins()
        assert rig.device.state.standby
        assert rig.device.state.verdict is Verdict.GOOD

    def test_a_drive_is_asked_rarely_and_often_while_it_tests_itself(self, rig):
        rig.device.open()
        rig.rooted.asked.clear()
        rig.device.poll()
        assert rig.rooted.asked == []
        rig.now_s += ASKED_S
        rig.device.poll()
        assert len(rig.rooted.asked) == 1
        rig.device.test(extended=False)
        rig.rooted.asked.clear()
        rig.device.poll()
        assert len(rig.rooted.asked) == 1
        assert rig.device.state.self_test is SelfTest.RUNNING

    def test_a_drive_that_is_pulled_is_offline_at_the_next_look(self, rig):
        rig.device.open()
        rig.empty()
        with pytest.raises(Offline, match="no disk in bay 1"):
            rig.device.poll()

    def test_another_drive_in_the_bay_is_asked_at_once(self, rig):
        rig.device.open()
        rig.empty()
        rig.blocks.disk("sdq", serial="OTHER", port="ata2")
        rig.rooted.said = lambda _argv: Done(0, json.dumps(rig.smart | {"serial_number": "OTHER"}).encode(), "")
        rig.device.poll()
        assert rig.device.state.serial == "OTHER"

    def test_an_answer_that_is_none_is_offline_with_what_came(self, rig):
        rig.rooted.said = lambda _argv: Done(0, b"\x00\xffSegmentation fault", "")
        with pytest.raises(Offline, match="smartctl gave no JSON"):
            rig.device.open()
