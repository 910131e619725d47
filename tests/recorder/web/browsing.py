"""A recorder with its web server on a free port, and a browser of the plainest kind."""

import asyncio
import http.client
import json
import ssl

from recorder.web.app import create_app
from recorder.web.certificate import ensure
from recorder.web.proxy import Proxy
from recorder.web.serving import Serving, listen
from tests.recorder.api.served import PASSWORD, Served
from tests.recorder.web.footage import Tap

NAMES = ("localhost", "recorder.local")


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
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.trust, timeout=20)
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

    def log_in(self):
        """Log in as a browser; gives the headers of its calls."""
        if self.control.accounts.needs_setup():
            self.set_up()
        own = {"Origin": f"https://{self.host}", "X_Nightjar": "1"}
        wanted = {"user": "admin", "password": PASSWORD, "cookie": True}
        status, headers, _told = self.call("POST", "/api/v1/sessions", wanted, **own)
        assert status == 200
        return {**own, "Cookie": headers["set-cookie"].partition(";")[0]}
