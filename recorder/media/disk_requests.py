"""What control asks of the recording disks: take one over, forget one that is missed, make a catalog anew."""

from collections.abc import Callable
from typing import Any

import msgspec

from recorder.sockets.request import read
from recorder.store.disk_group import DiskGroup


class _Adopt(msgspec.Struct):
    place: str
    typed: str


class _Named(msgspec.Struct):
    disk: str = ""


class DiskRequests:
    """Those of one connection."""

    def __init__(self, disks: DiskGroup, send: Callable[[Any], None]) -> None:
        self._disks, self._send = disks, send

    def received(self, message: dict[str, Any]) -> None:
        """Do what a message asks; raises `NightjarError`."""
        match message["op"]:
            case "adopt":
                adopt = read(message, _Adopt)
                self._disks.adopt(adopt.place, adopt.typed)
                self._send({"op": "adopted"})
            case "forget_disk":
                self._disks.forget(read(message, _Named).disk)
                self._send({"op": "disk_forgotten"})
            case "rebuild":
                self._disks.rebuild(read(message, _Named).disk)
                self._send({"op": "rebuilding"})
            case _:
                state = self._disks.rebuild_state(read(message, _Named).disk)
                self._send({"op": "rebuild_state", **state._asdict()})
