"""Routes that FastAPI makes when they are first asked for.

To make one it makes validators of all that goes in and out. For three hundred of them, once for their router and once
for the app, that is more than half of what a start of control takes; a recorder is asked for a few.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, cast

from fastapi import APIRouter, params
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import Receive, Scope, Send


class LateRoute(BaseRoute):
    """What FastAPI will make a route of: it stands among an app's routes, and is found like any other."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """`options` are those of `APIRoute`."""
        self.path = path
        self.endpoint = endpoint
        self.methods = {one.upper() for one in options["methods"] or ("GET",)}
        self._options = options
        self._begins = path.partition("{")[0]

    def under(
        self, prefix: str, dependencies: Sequence[params.Depends], responses: dict[int | str, dict[str, Any]]
    ) -> "LateRoute":
        """Give the same route below a prefix, with what all routes there depend on and may answer."""
        options = self._options
        more = {
            "dependencies": [*dependencies, *options["dependencies"]],
            "responses": {**responses, **options["responses"]},
        }
        return LateRoute(prefix + self.path, self.endpoint, **options | more)

    @cached_property
    def made(self) -> APIRoute:
        """The route itself."""
        return APIRoute(self.path, self.endpoint, **self._options)

    @cached_property
    def _form(self) -> Any:
        return compile_path(self.path)[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether a request is for it, fully or but for its method."""
        place: str = scope["path"]
        if scope["type"] != "http" or not place.startswith(self._begins) or not self._form.match(place):
            return Match.NONE, {}
        return self.made.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that is for it."""
        await self.made.handle(scope, receive, send)


class Router(APIRouter):
    """A router whose HTTP routes are made late."""

    def __init__(self, prefix: str = "", tags: Sequence[str] = ()) -> None:
        super().__init__(prefix=prefix, tags=list(tags), route_class=cast("type[APIRoute]", LateRoute))
