"""Settings pages: the list, their schemas, and for each page the routes that follow from its definition."""

from typing import Annotated, Any

from fastapi import Path

from recorder.api.context import AnyCaller, TheControl
from recorder.api.router import Router
from recorder.client import answers
from recorder.settings.page import Page
from recorder.settings.schema import form_schema, plain_schema
from recorder.settings.scope import Scope

router = Router(tags=["pages"])
PLACES = {
    Scope.SYSTEM: "/pages/{page}",
    Scope.CHANNEL: "/channels/{{channel}}/pages/{page}",
    Scope.LIST: "/pages/{page}/items/{{item}}",
}


@router.get("/pages")
def pages(control: TheControl, caller: AnyCaller) -> list[answers.PageInfo]:
    """The pages that the caller may open, in the order of the menu."""
    return [told(page) for page in control.settings.registry if caller.may(page.about.permission)]


@router.get("/pages/{page}/schema")
def page_schema(page: Annotated[str, Path(max_length=64)], control: TheControl, caller: AnyCaller) -> dict[str, Any]:
    """The JSON schema of a page, with what forms need: titles, units, choices, widgets, groups, hints, order."""
    found = control.settings.registry.page(page)
    caller.need(found.about.permission)
    return form_schema(found, control.settings.machine)


@router.get("/actions/{job}")
async def action_job(
    job: Annotated[str, Path(pattern="^[0-9a-f]{12}$")], control: TheControl, caller: AnyCaller
) -> answers.ActionJob:
    """How far an action is."""
    found = control.actions.get(job)
    caller.need(control.settings.registry.page(found.page).about.permission)
    return found


def told(page: type[Page]) -> answers.PageInfo:
    """Tell of a page."""
    about = page.about
    actions = tuple(
        answers.ActionInfo(one.name, one.title, one.confirm, plain_schema(one.parameters))
        for one in about.actions.values()
    )
    path = "/api/v1" + PLACES[about.scope].format(page=about.name)
    return answers.PageInfo(
        about.name,
        about.title,
        about.area.value,
        about.scope.value,
        about.permission.value,
        about.order,
        path,
        actions,
        about.removable,
        about.numbered,
        about.named,
    )
