"""The audit as part of the log."""

from typing import Any

from recorder.logs.kinds import AUDIT as KINDS
from recorder.logs.kinds import OTHER_CHANGE, names
from recorder.logs.shelf import Shelf, among, holds
from recorder.logs.sought import AUDIT, Sought

ANYWHERE = "who || ' ' || source || ' ' || page || ' ' || item || ' ' || field || ' ' || old || ' ' || new"


class AuditShelf(Shelf):
    """Rows of `change` in the settings' file."""

    store = AUDIT
    table = "change"
    columns = "id, at_us, who, source, page, item, field, old, new"
    time = "at_us"
    last_number = "SELECT max(coalesce((SELECT max(id) FROM change), 0), coalesce((SELECT id FROM anchor), 0))"

    def wanted(self, sought: Sought) -> tuple[list[str], list[Any]]:
        """By page, author, source, text; without rows of hidden channels."""
        kind, values = among("page", names(KINDS, OTHER_CHANGE, sought.types, sought.level))
        where, given = [kind], list[Any](values)
        for column, text in (("who", sought.who), ("source", sought.address)):
            if text:
                where.append(holds(column))
                given.append(text)
        if sought.text:
            titled = sorted(sought.named)
            where.append(f"({holds(ANYWHERE)} OR page IN ({', '.join('?' * len(titled))}))")
            given += [sought.text, *titled]
        if sought.hidden:
            pages, items = sorted(sought.of_channels), sorted(map(str, sought.hidden))
            where.append(f"NOT (page IN ({', '.join('?' * len(pages))}) AND item IN ({', '.join('?' * len(items))}))")
            given += [*pages, *items]
        return where, given
