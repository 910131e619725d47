"""Arrays of disks: made, grown, mended, taken apart."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from recorder.client import answers
from recorder.client.calls.carrier import Carrier


class ArrayCalls(Carrier):
    """Asks for arrays."""

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


def _array(name: str) -> str:
    return f"/arrays/{quote(name, safe='')}"
