"""The app: the routers of `recorder.api.routes`, the routes of settings pages, one entrance, one form of errors."""

import importlib
import pkgutil
from typing import Any

from fastapi import APIRouter, FastAPI, Security
from fastapi.openapi.utils import get_openapi
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.types import ASGIApp

from recorder.api import errors, routes
from recorder.api.entrance import COOKIE, OPEN, Entrance
from recorder.api.page_routes import describe_pages, page_routes
from recorder.api.router import LateRoute
from recorder.client.calls.carrier import ROOT
from recorder.client.version import own_version
from recorder.control.control import Control
from recorder.settings.registry import Registry

_bearer = HTTPBearer(auto_error=False, description="The token that a login gave")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="A browser's session")


def routers() -> list[APIRouter]:
    """Give the routers of all modules of `recorder.api.routes`."""
    found = pkgutil.iter_modules(routes.__path__, routes.__name__ + ".")
    return [importlib.import_module(module.name).router for module in found]


def bare_app(registry: Registry) -> FastAPI:
    """Build the app without its entrance. It holds nothing of a recorder but `state.control`, which it serves."""
    app = FastAPI(
        title="Nightjar",
        version=own_version(),
        openapi_url=f"{ROOT}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    errors.install(app)
    # Only told to the OpenAPI: the entrance has settled who calls.
    told = [Security(_bearer), Security(_cookie)]
    for router in [*routers(), page_routes(registry)]:
        late = [one for one in router.routes if isinstance(one, LateRoute)]
        app.router.routes += [one.under(ROOT, told, errors.RESPONSES) for one in late]
        if others := [one for one in router.routes if not isinstance(one, LateRoute)]:
            made = APIRouter()
            made.routes += others
            app.include_router(made, prefix=ROOT, dependencies=told)
    _describe(app, registry)
    return app


def create_app(control: Control, bare: FastAPI | None = None) -> ASGIApp:
    """Build the whole app, entrance included; on a bare one that serves no other control now, where that is given."""
    bare = bare or bare_app(control.settings.registry)
    bare.state.control = control
    return Entrance(bare, control.accounts, control.hidden_channels)


def _describe(app: FastAPI, registry: Registry) -> None:
    """Make the OpenAPI say what pages take and refusals look like, and that the few routes before a login need none."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = [one.made if isinstance(one, LateRoute) else one for one in app.routes]
            schema = get_openapi(title=app.title, version=app.version, routes=made)
            errors.describe(schema)
            describe_pages(registry, schema["paths"])
            for method, path in OPEN:
                schema["paths"][path][method.lower()].pop("security", None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described
