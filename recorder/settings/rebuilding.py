"""Have media make an index or a catalog anew, and follow it: the buttons of the pages about disks."""

import time
from typing import Any

from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.settings.action import Run

LOOK_S = 0.5


class RebuildFailed(NightjarError):
    """A disk could not be read."""

    status = 409
    words = _("{words}")


def watch_rebuild(run: Run, disk: str) -> dict[str, Any]:
    """Rebuild the catalog of a disk, or with an empty name the index; raises `RebuildFailed`, `Unavailable`, `Told`."""
    run.ask("media", {"op": "rebuild", "disk": disk}, "rebuilding")
    while True:
        state = run.ask("media", {"op": "rebuild_state", "disk": disk}, "rebuild_state")
        run.progress(int(state["done"]), int(state["total"]), _("Looking through the disks"))
        if state["failed"]:
            raise RebuildFailed(words=state["failed"])
        if state["over"]:
            return {"words": state["words"]}
        time.sleep(LOOK_S)
