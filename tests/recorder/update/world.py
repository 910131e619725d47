"""A machine with two slots and a boot loader that counts tries, whose power can be cut at any of its effects."""

import errno
from pathlib import Path

from hal.client.firmware import Inspection, Installed, Refusal, Signer
from recorder.client.clock import ManualClock
from recorder.update.machine import Update
from recorder.update.record import Disk, RecordFile
from recorder.update.slots import FirmwareAway, FirmwareFailed, SlotSeen

TRIES = 3
DIGEST = "ab" * 32


class PowerCut(Exception):
    """Nothing after this happens."""


class Off(Exception):
    """The machine was asked to start anew, and does."""


class World:
    """`cut_after` effects the power goes; None: never. What was not synced by then is lost, or not, by `lucky`."""

    def __init__(self, folder: Path, *, cut_after=None, lucky=False):
        self.file = folder / "update.json"
        self.cut_after = cut_after
        self.lucky = lucky
        self.effects = 0
        self.clock = ManualClock()
        self.slots = {
            "A": {"version": "1.0.0", "good": True, "tries": None},
            "B": {"version": "0.9.0", "good": True, "tries": None},
        }
        self.booted = self.next = "A"
        self.boots = 0
        self.starts = True
        self.sick = ""
        """The slot in which the hardware service never answers."""
        self.backups = 0
        self.kept = None
        self.found = Inspection(digest=DIGEST, version="1.1.0", compatible="x", signer=Signer.RELEASE, schema=99)
        self.install_error = ""
        self.away_for = 0
        self.full = False
        """Nothing can be written where the record lies."""
        self.stays_up = False
        """Who asks it to start anew is told yes, and it runs on."""
        self.restarts = self.discarded = 0

    def effect(self, do):
        """Something that lasts: the power goes just before it, or just after it."""
        self.effects += 1
        if self.effects == self.cut_after and not self.lucky:
            raise PowerCut
        do()
        if self.effects == self.cut_after:
            raise PowerCut

    # the disk: what is renamed and not synced yet may be lost

    def write(self, path, data):
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.effect(lambda: path.write_bytes(data))

    def rename(self, path, to):
        self.kept = to.read_bytes() if to.exists() else None
        self.effect(lambda: path.replace(to))

    def sync(self, folder):
        del folder
        try:
            self.effect(lambda: None)
        except PowerCut:
            if not self.lucky:  # the new name was not on the disk yet
                if self.kept is None:
                    self.file.unlink()
                else:
                    self.file.write_bytes(self.kept)
            raise

    # the firmware

    def check(self, file, permit, told):
        del file, permit
        told(50.0, "")
        return self.found

    def install(self, digest, permit, told):
        del permit
        assert digest == DIGEST
        other = "B" if self.booted == "A" else "A"
        for percent in (0, 50):
            told(percent, "")
            self.effect(lambda: self.slots[other].update(version="half", good=False, tries=0))
        if self.install_error:
            raise FirmwareFailed(problem=self.install_error)
        self.effect(lambda: self.slots[other].update(version=self.found.version, good=True, tries=TRIES))

    def installed(self):
        return Installed("x", self.slots[self.booted]["version"], "recorder")

    def discard(self):
        self._here()
        self.discarded += 1

    def slots_seen(self):
        self._here()
        return [SlotSeen(one, one == self.booted, about["good"], about["version"]) for one, about in self.slots.items()]

    def mark_good(self, slot):
        self._here()
        self.effect(lambda: self.slots[slot].update(good=True, tries=None))

    def mark_bad(self, slot):
        self._here()
        if not any(about["good"] for one, about in self.slots.items() if one != slot):
            raise FirmwareFailed(problem="no other is good")
        self.effect(lambda: self.slots[slot].update(good=False))

    def start_next(self, slot):
        self._here()
        if not self.slots[slot]["good"]:
            raise FirmwareFailed(problem=f"{slot} is bad")
        self.effect(lambda: setattr(self, "next", slot))

    def restart(self):
        self.effect(lambda: None)
        self.restarts += 1
        if not self.stays_up:
            raise Off

    def _here(self):
        if self.booted == self.sick:
            raise FirmwareAway(problem="hal is away")

    def back_up(self):
        self.effect(lambda: setattr(self, "backups", self.backups + 1))

    # the machine

    def boot(self):
        """Start as the boot loader does; a firmware that never gets as far as control starts again and again."""
        while True:
            self.boots += 1
            order = [self.next, *(one for one in self.slots if one != self.next)]
            for name in order:
                slot = self.slots[name]
                if not slot["good"] or slot["tries"] == 0:
                    slot["good"] = False
                    continue
                if slot["tries"] is not None:
                    slot["tries"] -= 1
                self.booted = self.next = name
                break
            else:
                raise AssertionError("nothing can be started any more")
            if self.starts or self.booted == "A":
                return self.control()

    def control(self):
        """Control starts in this run of the kernel."""
        world = self

        class Firmware:
            check, install, discard = world.check, world.install, world.discard
            installed = world.installed
            slots, restart = world.slots_seen, world.restart
            mark_good, mark_bad, start_next = world.mark_good, world.mark_bad, world.start_next

        class Cut(Disk):
            write, rename, sync = world.write, world.rename, world.sync

        file = RecordFile(self.file, Cut())
        return Update(file, Firmware(), self.clock, f"boot {self.boots}", 7, self.back_up)


REFUSED = Inspection(Refusal.FOREIGN)
