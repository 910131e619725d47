"""The audit: who changed and did what (P-LOG-01 to P-LOG-04, D-MNT-01)."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse

from recorder.accounts.caller import Caller
from recorder.api.context import Auditor, TheControl, author
from recorder.api.moments import Moment
from recorder.api.router import Router
from recorder.api.routes.footage import check_order
from recorder.client.answers import AuditCheck, AuditEntry
from recorder.client.clock import LATEST_US
from recorder.client.errors import Refused
from recorder.client.words import _, counted
from recorder.control.control import Control
from recorder.logs import sheet
from recorder.logs.kinds import DONE_WITH_CHANNELS
from recorder.settings.audit import AuditRow, Checked, Sought
from recorder.settings.rights import FULL
from recorder.settings.scope import Scope

router = Router(prefix="/audit", tags=["audit"])
MOST = 1000
LONGEST_TEXT = 100
HEAD = ("number", "time", "who", "from", "page", "item", "field", "old", "new", "chain")
Text = Annotated[str, Query(max_length=LONGEST_TEXT)]


@router.get("")
def audit(
    control: TheControl,
    caller: Auditor,
    start: Annotated[Moment, Query()] = 0,
    end: Annotated[Moment, Query()] = LATEST_US,
    who: Text = "",
    page: Text = "",
    text: Text = "",
    before: Annotated[int | None, Query(ge=1, le=(1 << 63) - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> list[AuditEntry]:
    """Rows of the audit, the newest first; `before` is the number of the last one of the answer before."""
    check_order(start, end)
    sought = Sought(start, end, who, page, text, before, limit, _pages(control), _hidden(caller))
    return [told(one) for one in control.settings.audit(sought)]


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def export_audit(control: TheControl, caller: Auditor) -> StreamingResponse:
    """All of the audit as CSV, the oldest first, while it is read: a million rows need no memory."""
    control.settings.noted("log", "", _("audit exported"), author(caller))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(
        sheet.pieces(HEAD, _rows(control, _hidden(caller))), media_type="text/csv", headers=headers
    )


@router.get("/check")
def check_audit(control: TheControl, _caller: Auditor) -> AuditCheck:
    """Walk the chain of the audit: whether a row was changed, taken out or put in behind the recorder's back."""
    found = control.settings.check_audit()
    return AuditCheck(found.rows, found.chain, found.broken_at, in_words(found))


@router.delete("")
def clear_audit(control: TheControl, caller: Auditor) -> AuditCheck:
    """Clear the audit; one row stays that says who did. Only who may everything can do this."""
    if not caller.rights.cover(FULL):
        raise Refused(what=_("only an administrator can clear the audit"))
    control.settings.clear_audit(author(caller))
    return check_audit(control, caller)


def in_words(found: Checked) -> str:
    """Say how the audit stands."""
    if found.broken_at is not None:
        words = _("Row {number} is not as it was written: the audit was changed behind the recorder's back.")
        return words.format(number=found.broken_at)
    if not found.rows:
        return _("The audit is empty.")
    return counted("Its one row is as it was written.", "All {count} rows are as they were written.", found.rows)


def told(one: AuditRow) -> AuditEntry:
    """Tell of a row."""
    where = (one.page, one.item, one.field)
    return AuditEntry(one.id, one.at_us, one.who, one.source, *where, one.old, one.new, one.chain)


def _pages(control: Control) -> frozenset[str]:
    """The pages that channels have, and what else is noted by channel."""
    return DONE_WITH_CHANNELS.union(page.about.name for page in control.settings.registry.of_scope(Scope.CHANNEL))


def _hidden(caller: Caller) -> frozenset[str]:
    """The channels that a caller must not know of, as pages name them."""
    return frozenset(map(str, caller.hidden))


def _rows(control: Control, hidden: frozenset[str]) -> Iterator[tuple[str | int, ...]]:
    pages = _pages(control)
    for one in control.settings.whole_audit():
        if one.page in pages and one.item in hidden:
            continue
        some = (one.who, one.source, one.page, one.item, one.field, one.old, one.new)
        yield (one.id, sheet.written(one.at_us), *some, one.chain)
