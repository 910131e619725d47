"""A page of settings as it was served: its schema and values, and what its form chooses from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gui.forms.schema import pages_offered
from recorder.client.answers import Document, PageInfo
from recorder.client.api import ApiClient
from recorder.client.stream import StreamName
from recorder.client.words import _

PER_CHANNEL = "channel"
SEVERAL = "list"
"""The scope of a page that has one document for each of its items."""


def free_number(page: PageInfo, items: Iterable[str]) -> str:
    """Give the lowest number that no item of a page has; "" where there is none, or its items have names."""
    taken = set(items)
    return next((str(one) for one in range(1, page.numbered + 1) if str(one) not in taken), "")


@dataclass(frozen=True)
class Loaded:
    """A page as it was served."""

    schema: Mapping[str, Any]
    document: Document
    channels: Mapping[int, str]
    items: Mapping[str, str] = field(default_factory=dict[str, str])
    stream: StreamName = StreamName.MAIN
    """Of the channel, for a small picture."""
    offered: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """The items of other pages that are chosen from here."""


class Loader:
    """Asks the API."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def load(self, page: PageInfo, channel: int | None, wanted: str) -> Loaded:
        """Ask for a page and what its form needs; `wanted` is the item to show of a list. Runs on a worker."""
        api = self._api
        known = {one.number: one for one in api.channels()}
        channels = {one.number: one.name for one in known.values()}
        if page.scope == SEVERAL:
            items = {one.item: one.title for one in api.page_items(page.name)}
            if wanted and wanted == free_number(page, items):
                items[wanted] = _("New")
            chosen = wanted if wanted in items else next(iter(items), "")
            if not chosen:
                return Loaded({}, Document(page.name, "", 0, {}), channels)
            return self._with_schema(api.page(page.name, item=chosen), channels, items)
        item: int | None = None
        if page.scope == PER_CHANNEL:
            item = channel if channel in channels else next(iter(channels), None)
            if item is None:
                return Loaded({}, Document(page.name, "", 0, {}), channels)
        stream = known[item].wall_stream if item is not None else StreamName.MAIN
        return self._with_schema(api.page(page.name, item), channels, {}, stream)

    def _with_schema(
        self,
        document: Document,
        channels: Mapping[int, str],
        items: Mapping[str, str],
        stream: StreamName = StreamName.MAIN,
    ) -> Loaded:
        api = self._api
        schema = api.page_schema(document.page)
        offered = {name: {one.item: one.title for one in api.page_items(name)} for name in pages_offered(schema)}
        return Loaded(schema, document, channels, items, stream, offered)
