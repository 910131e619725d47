"""Settings pages, their documents and buttons."""

from dataclasses import dataclass, field
from typing import Any

MASK = "\u2022" * 8
"""Stands in answers where a secret is set; sent back, it leaves the secret as it is."""


@dataclass(frozen=True)
class ActionInfo:
    """A button of a page. `parameters` is a JSON schema, empty where it needs none."""

    name: str
    title: str
    confirm: str = ""
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class PageInfo:
    """One settings page. `path` is where it is read and changed.

    `{channel}` in it stands for the channel's number, `{item}` for the name of an item of a page of scope `list`.
    """

    name: str
    title: str
    area: str
    scope: str
    permission: str
    order: int
    path: str
    actions: tuple[ActionInfo, ...] = ()
    removable: bool = False
    """Its items can be taken away."""
    numbered: int = 0
    """So many items at most, named by numbers from 1 on: one is added by changing fields of a free number."""
    named: str = ""
    """The words of the button that adds one whose name is typed; one is added by changing fields of a new name."""


@dataclass(frozen=True)
class PageItem:
    """One item of a page that has several documents: its name in routes, and words for a list."""

    item: str
    title: str


@dataclass(frozen=True)
class Document:
    """The values of one page. `read_only` names fields that this machine does not let us change."""

    page: str
    item: str
    revision: int
    values: dict[str, Any]
    read_only: tuple[str, ...] = ()
