"""How a process of the recorder starts, what it logs, and how it ends."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

CONTROL_IN_SHORT = """
import recorder.control.__main__
import asyncio, gc, os, signal
from recorder.sockets.process import serve_until_told

collects = [gc.isenabled()]
passes = sum(one["collections"] for one in gc.get_stats())

async def start():
    collects.append(gc.isenabled())
    asyncio.get_running_loop().call_later(0, os.kill, os.getpid(), signal.SIGTERM)

async def stop():
    collects.append(gc.isenabled())

asyncio.run(serve_until_told(start, stop))
print(*collects, passes)
"""


def test_control_looks_for_no_garbage_before_it_is_ready_and_does_from_then_on():
    command = [sys.executable, "-c", CONTROL_IN_SHORT]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    assert told[0] == "ready"
    *collects, passes = told[1].split()
    assert collects == ["False", "False", "True"]
    # Some before the first of our lines; a start that collects has hundreds.
    assert int(passes) < 20


CALLS = """
import asyncio, logging, sys
from recorder.events.http_call import call
from recorder.sockets.process import log_to_stderr

log_to_stderr()
logging.getLogger("recorder.test").info("it is called")
print(asyncio.run(call("GET", sys.argv[1], headers={})))
"""


class Taking(BaseHTTPRequestHandler):
    """Takes whatever is asked of it."""

    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_about):
        pass


def test_passwords_and_tokens_of_addresses_that_are_called_are_in_no_log():
    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        url = f"http://owner:hunter2@127.0.0.1:{server.server_port}/ring?token=of-the-door"
        done = subprocess.run([sys.executable, "-c", CALLS, url], capture_output=True, check=True, text=True)
    assert done.stdout == "204\n"
    assert "recorder.test: it is called" in done.stderr
    assert "hunter2" not in done.stderr
    assert "of-the-door" not in done.stderr
