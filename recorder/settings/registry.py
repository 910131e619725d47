"""The pages there are: every module of `PLACES` is looked into, so a new page is a new file."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache

from recorder.client.errors import NotFound
from recorder.client.words import _
from recorder.settings.page import Page
from recorder.settings.scope import Scope

PLACES = (
    "recorder.settings.pages",
    "recorder.events.pages",
    "recorder.events.linkages",
    "recorder.events.sources",
)


class Registry:
    """Pages by name, in the order of the menu."""

    def __init__(self, pages: Iterable[type[Page]]) -> None:
        ordered = sorted(pages, key=lambda page: (page.about.order, page.about.name))
        self._pages = {page.about.name: page for page in ordered}
        if len(self._pages) != len(ordered):
            names = [page.about.name for page in ordered]
            raise ValueError(f"two pages of one name: {sorted({one for one in names if names.count(one) > 1})}")

    def __iter__(self) -> Iterator[type[Page]]:
        return iter(self._pages.values())

    def page(self, name: str) -> type[Page]:
        """Give a page by its name; raises `NotFound`."""
        try:
            return self._pages[name]
        except KeyError:
            raise NotFound(what=_("settings page named {name}").format(name=name)) from None

    def of_scope(self, scope: Scope) -> list[type[Page]]:
        """The pages of one scope."""
        return [page for page in self._pages.values() if page.about.scope is scope]


@cache
def built_in() -> Registry:
    """The pages that come with the recorder."""
    found: list[type[Page]] = []
    for name in (module.name for place in PLACES for module in _modules(place)):
        loaded = importlib.import_module(name)
        found += [
            one
            for one in vars(loaded).values()
            if isinstance(one, type) and issubclass(one, Page) and one.__module__ == loaded.__name__
        ]
    return Registry(found)


def _modules(place: str) -> Iterator[pkgutil.ModuleInfo]:
    return pkgutil.iter_modules(importlib.import_module(place).__path__, place + ".")
