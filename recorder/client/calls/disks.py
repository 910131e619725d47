"""Bays with their disks, and the keys of encrypted pools."""

from typing import Any
from urllib.parse import quote

from recorder.client import answers
from recorder.client.calls.carrier import Carrier


class DiskCalls(Carrier):
    """Asks for what is recorded to."""

    def bays(self) -> list[answers.BayStatus]:
        """List the bays with their disks, and what is done with them."""
        return self._get(list[answers.BayStatus], "/bays")

    def locate_bay(self, bay: str, *, on: bool) -> answers.BayStatus:
        """Have the light of a bay show which one it is."""
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/locate", {"on": on})

    def scan_bay(self, bay: str) -> answers.BayStatus:
        """Look whether there is a disk in a bay, also one that was let go."""
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/scan")

    def check_disk(self, bay: str) -> answers.BayStatus:
        """Ask the drive in a bay how it is."""
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/check", patient=True)

    def test_disk(self, bay: str, *, extended: bool = False) -> answers.BayStatus:
        """Begin a self-test of the drive in a bay."""
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/test", {"extended": extended}, patient=True)

    def stop_disk_test(self, bay: str) -> answers.BayStatus:
        """Give up a self-test."""
        return self._send(answers.BayStatus, "DELETE", f"{_bay(bay)}/test", patient=True)

    def prepare_disk(self, bay: str, serial: str, **wanted: Any) -> answers.BayStatus:
        """Make the disk in a bay ready for recording, ALL ON IT IS LOST: `name`, `filesystem`, `size_bytes`.

        `job` of the bay says how far it is.
        """
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/prepare", {"serial": serial, **wanted})

    def release_disk(self, bay: str) -> answers.BayStatus:
        """Let go of the disk in a bay so that it can be pulled; `job` of the bay says how far it is."""
        return self._send(answers.BayStatus, "POST", f"{_bay(bay)}/release")

    def cancel_bay_job(self, bay: str) -> answers.BayStatus:
        """Give up what is done with the disk in a bay."""
        return self._send(answers.BayStatus, "DELETE", f"{_bay(bay)}/job")

    def disk_places(self) -> list[answers.DiskPlace]:
        """List the places for disks, with the bays that they are."""
        return self._get(list[answers.DiskPlace], "/disk-places")

    def add_bay(self, name: str, path: str) -> list[answers.DiskPlace]:
        """Say that a place for a disk, a `path` of `disk_places`, is a bay."""
        return self._send(list[answers.DiskPlace], "POST", "/bays", {"name": name, "path": path})

    def remove_bay(self, name: str) -> list[answers.DiskPlace]:
        """Take back that a place is a bay."""
        return self._send(list[answers.DiskPlace], "DELETE", _bay(name))

    def storage(self) -> answers.Storage:
        """All that is recorded to, in words: bays, arrays, disks elsewhere, pools."""
        return self._get(answers.Storage, "/storage")

    def recovery_key(self, pool: int) -> answers.RecoveryKey:
        """The recovery key of an encrypted pool; that it was shown stands in the audit."""
        return self._send(answers.RecoveryKey, "POST", f"/pools/{pool}/recovery-key", {})

    def enter_recovery_key(self, key: str) -> None:
        """Enter the recovery key of another recorder's pool, as somebody typed it."""
        self._send(None, "POST", "/recovery-keys", {"key": key})


def _bay(name: str) -> str:
    return f"/bays/{quote(name, safe='')}"
