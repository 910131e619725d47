"""Settings pages, their values and buttons."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from recorder.client import answers
from recorder.client.calls.carrier import Carrier

_LOSING = "?losing=true"
KEEPS_LESS = "KeepsLess"
"""The code of what is refused until somebody agrees to what is lost."""


class PageCalls(Carrier):
    """Reads and changes settings."""

    def pages(self) -> list[answers.PageInfo]:
        """All settings pages that the caller may open, in the order of the menu."""
        return self._get(list[answers.PageInfo], "/pages")

    def page_schema(self, page: str) -> dict[str, Any]:
        """The JSON schema of a page: titles, ranges, `x-unit`, `x-widget`, `x-group`, `x-restart`, `x-hint`."""
        return self._get(dict[str, Any], f"/pages/{quote(page, safe='')}/schema")

    def page_items(self, page: str) -> list[answers.PageItem]:
        """The items of a page that has several documents."""
        return self._get(list[answers.PageItem], f"/pages/{quote(page, safe='')}/items")

    def page(self, page: str, channel: int | None = None, item: str = "") -> answers.Document:
        """The values of a page; of a channel or an item where the page has one for each."""
        return self._get(answers.Document, _place(page, channel, item))

    def set_page(
        self,
        page: str,
        values: Mapping[str, Any],
        *,
        channel: int | None = None,
        item: str = "",
        revision: int | None = None,
        losing: bool = False,
    ) -> answers.Document:
        """Change fields of a page; the others stay.

        With a revision it is refused (`Conflict`) when somebody else changed the page since. A value out of range is
        refused with `field` and `allowed`, and a change after which less is kept, if not `losing`, with what is lost
        (`KeepsLess`).
        """
        headers = {} if revision is None else {"If-Match": f'"{revision}"'}
        place = _place(page, channel, item) + _LOSING * losing
        return self._send(answers.Document, "PATCH", place, dict(values), headers)

    def remove_item(self, page: str, item: str) -> None:
        """Take an item of a page away, with all its values."""
        self._send(None, "DELETE", _place(page, None, item))

    def copy_page(self, page: str, channel: int, to: Sequence[int], *, losing: bool = False) -> list[answers.Document]:
        """Copy a page of one channel to others, all or none; refused as `set_page` is where one of them keeps less."""
        place = f"{_place(page, channel)}/copy" + _LOSING * losing
        return self._send(list[answers.Document], "POST", place, {"to": list(to)})

    def run_action(
        self,
        page: str,
        action: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        channel: int | None = None,
        item: str = "",
    ) -> answers.ActionJob:
        """Press a button of a page; a long one goes on, see `action_job`."""
        target = f"{_place(page, channel, item)}/actions/{action}"
        return self._send(answers.ActionJob, "POST", target, dict(parameters or {}))

    def action_job(self, job: str) -> answers.ActionJob:
        """How far an action is."""
        return self._get(answers.ActionJob, f"/actions/{job}")


def _place(page: str, channel: int | None, item: str = "") -> str:
    named = quote(page, safe="")
    if item:
        return f"/pages/{named}/items/{quote(item, safe='')}"
    return f"/pages/{named}" if channel is None else f"/channels/{channel}/pages/{named}"
