"""The network's app: static pages, /api passed on to control, /media and /recordings from media and reader."""

from collections.abc import Iterable
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.web.dav import PREFIX, Dav
from recorder.web.guard import Guard
from recorder.web.media import Media
from recorder.web.proxy import Proxy
from recorder.web.recordings import Recordings

STATIC = Path(__file__).parent / "static"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
KINDS = "{kind:str}/{channel:str}/{stream:str}"


def create_app(instance: Instance, proxy: Proxy, names: Iterable[str], clock: Clock) -> ASGIApp:
    """Build the app; `names` are those that it may be called by, addresses apart."""
    media = Media(instance, clock)
    dav = Dav(Recordings(instance, proxy, clock))
    app = Starlette(
        routes=[
            WebSocketRoute("/api/{rest:path}", proxy.web_socket),
            Route("/api/{rest:path}", proxy.http, methods=METHODS),
            WebSocketRoute(f"/media/{KINDS}", media.web_socket),
            Route(f"/media/{KINDS}", media.http, methods=["GET"]),
            Route(PREFIX, dav),
            Mount(PREFIX, dav),
            Mount("/", StaticFiles(directory=STATIC, html=True, follow_symlink=False)),
        ]
    )
    return Guard(app, names)
