"""Routes are made when they are first asked for."""

import asyncio

import httpx

from recorder.api.app import bare_app
from recorder.api.router import LateRoute
from recorder.settings.registry import built_in


def made(app):
    return [(one.path, one.methods) for one in app.routes if isinstance(one, LateRoute) and "made" in vars(one)]


async def ask(app, method, path):
    app.state.control = None
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://control") as client:
        return await client.request(method, path)


def test_a_start_makes_no_route_and_a_request_makes_its_own_alone():
    app = bare_app(built_in())
    assert made(app) == []
    assert asyncio.run(ask(app, "GET", "/api/v1/nothing")).status_code == 404
    assert made(app) == []
    asyncio.run(ask(app, "GET", "/api/v1/pages/general"))
    assert made(app) == [("/api/v1/pages/general", {"GET"})]


def test_a_method_that_a_place_does_not_have_is_told_as_such():
    answer = asyncio.run(ask(bare_app(built_in()), "POST", "/api/v1/pages/general"))
    assert answer.status_code == 405
    assert answer.json()["words"] == "This cannot be done here."
