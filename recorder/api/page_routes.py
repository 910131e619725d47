"""The routes that follow from the definition of a page: read, change, press its buttons, copy to other channels."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from fastapi import Body, Depends, Header, Path, Query, Response
from fastapi.utils import deep_dict_update
from pydantic import BaseModel, Field

from recorder.accounts.caller import Caller
from recorder.api.context import TheControl, author, with_right
from recorder.api.documents import body_schema, document, revision_of
from recorder.api.router import Router
from recorder.api.routes.channels import Number, Values
from recorder.api.routes.pages import PLACES
from recorder.client import answers
from recorder.client.calls.carrier import ROOT
from recorder.client.errors import NotFound
from recorder.client.words import _
from recorder.control.channels import MOST_CHANNELS
from recorder.control.control import Control
from recorder.settings.action import Action
from recorder.settings.page import Page
from recorder.settings.registry import Registry
from recorder.settings.schema import plain_schema
from recorder.settings.scope import Scope
from recorder.settings.settings import Stored

Losing = Annotated[bool, Query(description=_("Agree to what is lost for good where less is kept than before."))]
ItemName = Annotated[str, Path(pattern=r"^[\w.-]{1,64}$")]


class CopyTo(BaseModel):
    """The channels to copy to."""

    to: list[Annotated[int, Field(ge=1, le=MOST_CHANNELS)]] = Field(min_length=1, max_length=MOST_CHANNELS)


@cache
def page_routes(registry: Registry) -> Router:
    """Make the routes of every page. They hold nothing of one recorder, so they are made once."""
    made = Router(tags=["pages"])
    for page in registry:
        routes = _PageRoutes(made, page)
        routes.add_values()
        if page.about.scope is Scope.LIST:
            routes.add_list()
        if page.about.removable:
            routes.add_removal()
        for action in page.about.actions.values():
            routes.add_action(action)
        if page.about.copyable:
            routes.add_copy()
    return made


def describe_pages(registry: Registry, paths: dict[str, Any]) -> None:
    """Say in the paths of an OpenAPI what changes and buttons of pages take.

    Only where somebody reads it: these schemas take longer than the routes themselves, and control starts without them.
    """
    for page in registry:
        place = ROOT + _place_of(page)
        deep_dict_update(paths[place]["patch"], body_schema(page))
        for action in page.about.actions.values():
            schema = plain_schema(action.parameters)
            body = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
            deep_dict_update(paths[f"{place}/actions/{action.name}"]["post"], body)


def _place_of(page: type[Page]) -> str:
    return PLACES[page.about.scope].format(page=page.about.name)


def _no_item() -> str:
    return ""


def _channel_item(channel: Number, control: TheControl) -> str:
    control.channels.get(channel)
    return str(channel)


def _list_item(page: type[Page]) -> Callable[..., str]:
    def named(item: ItemName) -> str:
        if not page.is_item(item):
            raise NotFound(what=_("item {item} on the page {page}").format(page=page.about.title, item=item))
        return item

    return named


def _item_of(page: type[Page]) -> Callable[..., str]:
    match page.about.scope:
        case Scope.SYSTEM:
            return _no_item
        case Scope.CHANNEL:
            return _channel_item
        case Scope.LIST:
            return _list_item(page)


class _PageRoutes:
    """The routes of one page. Each asks for the right first: who lacks it learns of no item whether it is there."""

    def __init__(self, to: Router, page: type[Page]) -> None:
        self._to = to
        self._page = page
        self._place = _place_of(page)
        self._name = page.about.name.replace("-", "_")
        self._item_of = _item_of(page)
        self._right = with_right(page.about.permission)

    def add_values(self) -> None:
        """Read and change."""
        page = self._page

        def read(
            _caller: Annotated[Caller, Depends(self._right)],
            item: Annotated[str, Depends(self._item_of)],
            control: TheControl,
            response: Response,
        ) -> answers.Document:
            return _tagged(control, control.settings.read(page, item), response)

        def change(
            caller: Annotated[Caller, Depends(self._right)],
            item: Annotated[str, Depends(self._item_of)],
            values: Values,
            control: TheControl,
            response: Response,
            if_match: Annotated[str | None, Header()] = None,
            *,
            losing: Losing = False,
        ) -> answers.Document:
            revision = revision_of(if_match)
            stored = control.settings.change(page, values, author(caller), item=item, revision=revision, losing=losing)
            return _tagged(control, stored, response)

        self._to.add_api_route(self._place, read, methods=["GET"], name=f"read_{self._name}", description=page.__doc__)
        self._to.add_api_route(
            self._place,
            change,
            methods=["PATCH"],
            name=f"change_{self._name}",
            description=_("Change fields of the page; the others stay."),
        )

    def add_list(self) -> None:
        """List the items."""
        page = self._page

        def items(_caller: Annotated[Caller, Depends(self._right)], control: TheControl) -> list[answers.PageItem]:
            return [answers.PageItem(item, title) for item, title in control.settings.listed(page).items()]

        place = self._place.removesuffix("/{item}")
        self._to.add_api_route(
            place, items, methods=["GET"], name=f"list_{self._name}", description=_("The items that have this page.")
        )

    def add_removal(self) -> None:
        """Take an item away."""
        page = self._page

        def remove(
            caller: Annotated[Caller, Depends(self._right)],
            item: Annotated[str, Depends(self._item_of)],
            control: TheControl,
        ) -> None:
            control.settings.remove(page, item, author(caller))

        self._to.add_api_route(
            self._place,
            remove,
            methods=["DELETE"],
            status_code=204,
            name=f"remove_{self._name}",
            description=_("Remove the item with all its values."),
        )

    def add_action(self, action: Action) -> None:
        """Press a button."""
        page = self._page

        async def press(
            caller: Annotated[Caller, Depends(self._right)],
            item: Annotated[str, Depends(self._item_of)],
            control: TheControl,
            parameters: Annotated[dict[str, Any] | None, Body()] = None,
        ) -> answers.ActionJob:
            return await control.actions.begin(page, action, parameters or {}, author(caller), item)

        self._to.add_api_route(
            f"{self._place}/actions/{action.name}",
            press,
            methods=["POST"],
            name=f"{action.name.replace('-', '_')}_{self._name}",
            description=action.title,
        )

    def add_copy(self) -> None:
        """Copy to other channels."""
        page = self._page

        def copy(
            caller: Annotated[Caller, Depends(self._right)],
            item: Annotated[str, Depends(self._item_of)],
            wanted: CopyTo,
            control: TheControl,
            *,
            losing: Losing = False,
        ) -> list[answers.Document]:
            for channel in wanted.to:
                caller.need_on(page.about.permission, channel)
                control.channels.get(channel)
            to = [str(channel) for channel in dict.fromkeys(wanted.to) if str(channel) != item]
            made = control.settings.copy(page, item, to, author(caller), losing=losing)
            return [document(control.settings, one) for one in made]

        self._to.add_api_route(
            f"{self._place}/copy",
            copy,
            methods=["POST"],
            name=f"copy_{self._name}",
            description=_("Copy the page to other channels, all or none."),
        )


def _tagged(control: Control, stored: Stored[Any], response: Response) -> answers.Document:
    response.headers["ETag"] = f'"{stored.revision}"'
    return document(control.settings, stored)
