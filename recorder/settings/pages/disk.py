"""One recording disk, by its id: the pool it is in, and whether anything is written to it (D-STO-02.1, D-STO-05)."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.settings.action import Parameters, Run, action
from recorder.settings.page import Page, setting
from recorder.settings.rebuilding import watch_rebuild
from recorder.settings.scope import Area, Permission, Scope
from recorder.store.policy import MOST_POOLS, STANDARD_POOL

DISK_ID = re.compile(r"[0-9a-f]{32}")


class Use(StrEnum):
    """What a disk is used for."""

    RECORD = "record"
    READ = "read"


class Adopt(Parameters):
    """What is typed back, so that no disk is taken by mistake."""

    typed: str = setting(
        title=_("Id of the disk"), longest=32, hint=_("Type the first eight characters of the id that is shown.")
    )
    place: str = setting(
        "", longest=255, title=_("Which one"), hint=_("Of two disks with the same id: the name of its place.")
    )


class Disk(Page, scope=Scope.LIST, area=Area.STORAGE, permission=Permission.STORAGE, order=62, title=_("Disks")):
    """Pool and use of a disk. Nothing is formatted, and recording goes on."""

    pool: int = setting(
        STANDARD_POOL,
        ge=1,
        le=MOST_POOLS,
        title=_("Pool"),
        hint=_("Its footage stays; from now on the pool's rules hold."),
    )
    use: Use = setting(
        Use.RECORD,
        title=_("Use"),
        choices={"record": _("Record and play"), "read": _("Only play")},
        hint=_("A disk that only plays is closed in good order first; then it can be pulled."),
    )

    @action(title=_("Adopt"), confirm=_("Record on this disk from now on? Its footage stays; nothing is formatted."))
    def adopt(self, run: Run, parameters: Adopt) -> dict[str, Any]:
        """Record on a disk that was written by another recorder, is an older copy, or has a double.

        `missing_keys` of the result counts the keys of encrypted pools that its footage needs and nobody entered.
        """
        place = parameters.place or run.item
        run.ask("media", {"op": "adopt", "place": place, "typed": parameters.typed}, "adopted")
        try:
            found = run.ask("reader", {"op": "missing_keys", "id": 1, "disk": run.item}, "missing_keys")
        except NightjarError:
            # It is adopted all the same; the key can be entered at any time.
            return {}
        return {"missing_keys": int(found["keys"])}

    @action(
        title=_("Rebuild from blocks"),
        confirm=_(
            "Read the whole disk to list anew what is on it? It records nothing meanwhile; others take its place."
        ),
    )
    def rebuild(self, run: Run) -> dict[str, Any]:
        """Make the catalog of a disk anew from its blocks."""
        return watch_rebuild(run, run.item)

    @classmethod
    def standing_items(cls) -> Mapping[str, str]:
        """None: disks are known once they were seen."""
        return {}

    @classmethod
    def is_item(cls, item: str) -> bool:
        """Whether this could be the id of a disk."""
        return DISK_ID.fullmatch(item) is not None

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """The name of the disk, or the beginning of its id while it is away."""
        del values
        return known or _("{id} (away)").format(id=item[:8])
