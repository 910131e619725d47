"""Bays with their disks, arrays, and the keys of encrypted pools."""

from collections.abc import Mapping, Sequence
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

    def arrays(self) -> list[answers.ArrayStatus]:
        """List the arrays of disks."""
        return self._get(list[answers.ArrayStatus], "/arrays")

    def set_array_pace(self, array: str, pace: str) -> answers.ArrayStatus:
        """Say who goes first while an array is rebuilt."""
        return self._send(answers.ArrayStatus, "PATCH", _array(array), {"pace": pace})

    def verify_array(self, array: str) -> answers.ArrayStatus:
        """Compare what the disks of an array hold."""
        return self._send(answers.ArrayStatus, "POST", f"{_array(array)}/verify")

    def create_array(
        self, title: str, level: str, members: Mapping[str, str], spares: Mapping[str, str] | None = None
    ) -> list[answers.BayStatus]:
        """Make an array of disks, by bay with the serial numbers typed back; ALL ON THEM IS LOST.

        `job` of the bays says how far it is.
        """
        wanted = {"title": title, "level": level, "members": members, "spares": spares or {}}
        return self._send(list[answers.BayStatus], "POST", "/arrays", wanted)

    def add_to_array(self, array: str, bay: str, serial: str, use: str = "spare") -> answers.BayStatus:
        """Add a disk to an array as `spare`, `shared_spare` or to `grow` it, ALL ON IT IS LOST."""
        wanted = {"bay": bay, "serial": serial, "use": use}
        return self._send(answers.BayStatus, "POST", f"{_array(array)}/disks", wanted)

    def plan_array(self, level: str, members: Sequence[str], spares: Sequence[str] = ()) -> answers.ArrayPlan:
        """Say what an array of the disks in these bays would be; nothing is done."""
        wanted = {"level": level, "members": list(members), "spares": list(spares)}
        return self._send(answers.ArrayPlan, "POST", "/arrays/plan", wanted)

    def replace_in_array(self, array: str, old: str, bay: str, serial: str) -> answers.BayStatus:
        """Copy the disk in bay `old` of an array to that in `bay`, ALL ON THAT IS LOST, which then takes its place."""
        wanted = {"bay": bay, "serial": serial, "use": "replace", "old": old}
        return self._send(answers.BayStatus, "POST", f"{_array(array)}/disks", wanted)

    def remove_from_array(self, array: str, bay: str, serial: str) -> answers.BayStatus:
        """Take a spare or failed disk out of an array; its serial number is typed back."""
        place = f"{_array(array)}/disks/{quote(bay, safe='')}/remove"
        return self._send(answers.BayStatus, "POST", place, {"serial": serial})

    def forget_gone(self, array: str) -> answers.ArrayStatus:
        """Forget the disks of an array that were pulled."""
        return self._send(answers.ArrayStatus, "POST", f"{_array(array)}/forget")

    def prepare_array(self, array: str, typed: str, **wanted: Any) -> answers.ArrayStatus:
        """Make an array ready for recording, ALL ON IT IS LOST; `typed` is its id, or its first eight digits.

        `wanted` is `name`, `filesystem`, `size_bytes`. `job` of the array says how far it is.
        """
        return self._send(answers.ArrayStatus, "POST", f"{_array(array)}/prepare", {"id": typed, **wanted})

    def delete_array(self, array: str, typed: str) -> answers.ArrayStatus:
        """Take an array apart, ALL ON IT IS LOST; `typed` as for `prepare_array`."""
        return self._send(answers.ArrayStatus, "POST", f"{_array(array)}/delete", {"id": typed})

    def cancel_array_job(self, array: str) -> answers.ArrayStatus:
        """Give up what is done with an array."""
        return self._send(answers.ArrayStatus, "DELETE", f"{_array(array)}/job")

    def recovery_key(self, pool: int) -> answers.RecoveryKey:
        """The recovery key of an encrypted pool; that it was shown stands in the audit."""
        return self._send(answers.RecoveryKey, "POST", f"/pools/{pool}/recovery-key", {})

    def enter_recovery_key(self, key: str) -> None:
        """Enter the recovery key of another recorder's pool, as somebody typed it."""
        self._send(None, "POST", "/recovery-keys", {"key": key})


def _array(name: str) -> str:
    return f"/arrays/{quote(name, safe='')}"


def _bay(name: str) -> str:
    return f"/bays/{quote(name, safe='')}"
