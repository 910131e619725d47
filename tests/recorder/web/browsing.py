"""A recorder with its web server on a free port, and a browser of the plainest kind."""

import asyncio
import contextlib
import http.client
import json
import ssl
import threading

from websockets.asyncio.client import connect

from recorder.web.app import create_app
from recorder.web.certificate import ensure
from recorder.web.proxy import Proxy
from recorder.web.serving import Serving, listen
from tests.recorder.api.served import PASSWORD, Served
from tests.recorder.web.footage import Tap

NAMES = ("localhost", "recorder.local")
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
           "Sec_WebSocket_Version": "13"}  # fmt: skip
PATIENCE_S = 60


def log_in(browser, port):
    """Open the pages of a recorder and log in as its administrator."""
    browser.open(f"https://localhost:{port}/")
    browser.until("!document.getElementById('login').hidden")
    browser.type("input[name=password]", PASSWORD)
    browser.click("#login-do")
    browser.until("!document.getElementById('app').hidden")


class Listener:
    """A WebSocket that a browser holds open.

    It lives in a loop of its own: a TLS socket that one thread reads while another writes loses data (CPython before
    3.13 has no lock there), which is how the synchronous client of the same library works.
    """

    def __init__(self, loop, stream):
        self._loop, self._stream = loop, stream

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, PATIENCE_S), self._loop).result()

    def recv(self):
        return self._run(self._stream.recv())

    def rest(self):
        """Everything that comes until it ends in good order."""

        async def gather():
            return [one async for one in self._stream]

        return self._run(gather())

    @property
    def close_code(self):
        return self._stream.close_code

    def vanish(self):
        """As when a laptop is closed: no goodbye."""

        async def abort():
            self._stream.transport.abort()

        self._run(abort())

    def close(self):
        self._run(self._stream.close())


@contextlib.contextmanager
def listening(address, trust, **options):
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def opened():
        return await connect(address, ssl=trust, proxy=None, open_timeout=PATIENCE_S, **options)

    try:
        listener = Listener(loop, asyncio.run_coroutine_threadsafe(opened(), loop).result())
        try:
            yield listener
        finally:
            listener.close()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Web(Served):
    async def _start(self):
        await super()._start()
        self.files = ensure(self.instance.config)
        self.proxy = Proxy(self.instance.socket("web"))
        self.pages = Serving(create_app(self.instance, self.proxy, NAMES, self.clock), self.files)
        listening = listen(0)
        self.port = listening.getsockname()[1]
        await self.pages.start(listening)

    async def _stop(self):
        self.control.events.end()
        await self.pages.stop()
        await self.proxy.close()
        await super()._stop()

    def tap(self, name, pieces):
        tap = Tap(pieces)

        async def start():
            self.servers.append(await asyncio.start_unix_server(tap.serve, str(self.instance.socket(name))))

        self.run(start())
        return tap

    @property
    def trust(self):
        return ssl.create_default_context(cafile=str(self.files.certificate))

    @property
    def host(self):
        return f"localhost:{self.port}"

    def open(self, method, path, body=None, **headers):
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.trust, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, dict):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        connection.request(method, path, body, sent)
        return connection, connection.getresponse()

    def call(self, method, path, body=None, **headers):
        """Give status, headers and body, JSON where it is."""
        connection, answer = self.open(method, path, body, **headers)
        content = answer.read()
        connection.close()
        if answer.headers.get_content_type() == "application/json" and content:
            content = json.loads(content)
        return answer.status, answer.headers, content

    def listen(self, path, **options):
        """Open a WebSocket."""
        return listening(f"wss://{self.host}{path}", self.trust, **options)

    def listen_as(self, own):
        """Open the events of control with the headers of a browser that has logged in."""
        return self.listen("/api/v1/events", origin=own["Origin"], additional_headers={"Cookie": own["Cookie"]})

    def log_in(self):
        """Log in as a browser; gives the headers of its calls."""
        if self.control.accounts.first_run.is_due():
            self.set_up()
        own = {"Origin": f"https://{self.host}", "X_Nightjar": "1"}
        wanted = {"user": "admin", "password": PASSWORD, "cookie": True}
        status, headers, _told = self.call("POST", "/api/v1/sessions", wanted, **own)
        assert status == 200
        return {**own, "Cookie": headers["set-cookie"].partition(";")[0]}
