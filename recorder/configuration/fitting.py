"""Documents of a configuration as this recorder stores them: fitted to its pages, without what stays its own (C3)."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import ValidationError

from recorder.client.answers.configuration import Taking
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.configuration.contents import Contents, closed
from recorder.settings.page import Page
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.disk import Disk
from recorder.settings.pages.general import General
from recorder.settings.pages.ptz import Ptz
from recorder.settings.refusal import refusal
from recorder.settings.rights import MOST_CHANNELS
from recorder.settings.scope import Area, Scope
from recorder.settings.settings import Settings, upgraded
from recorder.settings.store import Row, SettingsStore

OWN_PAGES = frozenset({Channel, Disk, Ptz})
"""What is bound to the devices of one recorder: cameras, disks, domes at its lines. A clone keeps its own."""
OWN_FIELDS: Mapping[str, frozenset[str]] = {General.about.name: frozenset({"recorder_name", "recorder_number"})}
"""By what a recorder is known; a clone keeps its own."""
CHANNELS = frozenset(map(str, range(1, MOST_CHANNELS + 1)))


class Fitting:
    """Fits documents to the pages of this recorder."""

    def __init__(self, store: SettingsStore, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def rows(self, contents: Contents, taking: Taking) -> tuple[list[Row], list[str]]:
        """Give documents as this recorder stores them, and words on what was left out."""
        rows: list[Row] = []
        left_out: list[str] = []
        for one in contents.documents:
            row: Row | None = Row(one.page, one.item, one.version, 0, closed(one.body, self._settings.seal))
            page = next((page for page in self._settings.registry if page.about.name == one.page), None)
            if page is not None:
                if is_kept(page, taking):
                    continue
                row, problem = self._fitted(page, row, taking)
                if problem:
                    left_out.append(f"{page.about.title} {one.item}: {problem}".replace(" :", ":"))
            if row is not None:
                rows.append(row)
        return rows, left_out

    def _fitted(self, page: type[Page], row: Row, taking: Taking) -> tuple[Row | None, str]:
        """Give a document as it fits its page, and words on what of it did not; None: nothing did."""
        if not _may_have(page, row.item):
            return None, _("there can be none of this name")
        if taking is Taking.CLONE and (own := OWN_FIELDS.get(row.page)):
            before = self._store.read(row.page, row.item)
            kept = {name: value for name, value in (before.body if before else {}).items() if name in own}
            rest = {name: value for name, value in row.body.items() if name not in own}
            row = replace(row, body={**rest, **kept})
        return self._checked(page, row)

    def _checked(self, page: type[Page], row: Row) -> tuple[Row | None, str]:
        known = {name: value for name, value in upgraded(page, row).items() if name in page.model_fields}
        context = {"seal": self._settings.seal}
        try:
            page.model_validate(known, context=context)
        except ValidationError as error:
            problem = str(refusal(page, error))
        else:
            return row, ""
        try:
            values = self._settings.load(page, row).values
        except NightjarError:
            return None, problem
        body = values.model_dump(mode="json", context=context)
        return replace(row, version=page.about.version, body=body), problem


def is_kept(page: type[Page], taking: Taking) -> bool:
    """Whether what this recorder has of a page stays."""
    return taking is Taking.CLONE and (page in OWN_PAGES or page.about.area is Area.NETWORK)


def _may_have(page: type[Page], item: str) -> bool:
    """Whether a page can have a document of this name."""
    match page.about.scope:
        case Scope.SYSTEM:
            return not item
        case Scope.CHANNEL:
            return item in CHANNELS
        case Scope.LIST:
            return bool(item) and item.isprintable() and page.is_item(item)
