"""An HTTP server that remembers what came to it, for what is called or pushed."""

import http.server
import threading
from contextlib import contextmanager
from types import SimpleNamespace


class Server(http.server.ThreadingHTTPServer):
    """Remembers what came and answers as told."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.came, self.status, self.location = [], 204, ""
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.came.append(SimpleNamespace(method=self.command, path=self.path, headers=self.headers, body=body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - http.server's names

    def log_message(self, *_said):
        pass


@contextmanager
def receiving():
    """A server that listens."""
    with Server() as found:
        threading.Thread(target=found.serve_forever, args=(0.02,), daemon=True).start()
        yield found
        found.shutdown()
