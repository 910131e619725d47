"""What happens when the disks are full, and how long footage is kept (D-STO-01)."""

from typing import Any

from recorder.client.words import _
from recorder.media.plan import FullPolicy
from recorder.settings.action import Run, action
from recorder.settings.page import Page, setting
from recorder.settings.rebuilding import watch_rebuild
from recorder.settings.scope import Area, Permission, Scope


class StorageBasic(
    Page, scope=Scope.SYSTEM, area=Area.STORAGE, permission=Permission.STORAGE, order=60, title=_("Storage")
):
    """Full policy and expiry."""

    full_policy: FullPolicy = setting(
        FullPolicy.OVERWRITE,
        title=_("When the disks are full"),
        choices={"overwrite": _("Overwrite the oldest"), "stop": _("Stop recording")},
    )
    expiry_days: int = setting(
        0,
        ge=0,
        le=3650,
        title=_("Delete footage older than"),
        unit=_("days"),
        hint=_("0 keeps it as long as there is room. Deleted footage cannot be brought back."),
        lowering=_("Footage older than that is deleted, and cannot be brought back."),
    )

    @action(title=_("Rebuild the index"))
    def rebuild_index(self, run: Run) -> dict[str, Any]:
        """Make the index of all recordings anew from the catalogs of the disks; recording goes on."""
        return watch_rebuild(run, "")
