"""Firefox, driven by Marionette: WebDriver's commands as JSON over TCP, which the browser speaks by itself.

A message is its length in decimal digits, a colon, and `[0, number, command, parameters]`; the answer is `[1, number,
error, result]` (remote/doc/marionette/Protocol.md in its source).
"""

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.peers.browser import Browser, Refused

PREFERENCES: dict[str, Any] = {
    "marionette.port": 0,
    "app.update.disabledForTesting": True,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.startup.homepage": "about:blank",
    "browser.newtabpage.enabled": False,
    "browser.sessionstore.resume_from_crash": False,
    "browser.aboutwelcome.enabled": False,
    "media.autoplay.default": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    # One page of one site needs one process, none in reserve: a third of what a start costs.
    "fission.autostart": False,
    "dom.ipc.processCount": 1,
    "dom.ipc.processPrelaunch.enabled": False,
    "network.process.enabled": False,
}
START_S = 120
WINDOW = {"width": 1280, "height": 900}
COMPLAINTS = """
return Services.console.getMessageArray()
  .filter((one) => one instanceof Ci.nsIScriptError && !(one.flags & Ci.nsIScriptError.warningFlag))
  .filter((one) => one.sourceName.startsWith("http") || one.innerWindowID && one.category.startsWith("content"))
  .map((one) => `${one.sourceName}:${one.lineNumber} ${one.errorMessage}`);
"""


class Marionette:
    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._stream = self._socket.makefile("rb")
        self._number = 0
        assert self._read()["applicationType"] == "gecko"
        self.ask("NewSession", acceptInsecureCerts=True)
        self.ask("SetWindowRect", **WINDOW)

    def ask(self, command: str, **parameters: Any) -> Any:
        told = self._call(f"WebDriver:{command}", parameters)
        return told["value"] if isinstance(told, dict) and "value" in told else told

    def complaints(self) -> list[str]:
        self._call("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.ask("ExecuteScript", script=COMPLAINTS, args=[])
        finally:
            self._call("Marionette:SetContext", {"value": "content"})

    def close(self) -> None:
        self._call("Marionette:Quit", {"flags": ["eForceQuit"]})
        self._stream.close()
        self._socket.close()

    def _call(self, command: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        asked = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(asked), asked))
        _kind, number, error, result = self._read()
        assert number == self._number
        if error is not None:
            raise Refused(error)
        return result

    def _read(self) -> Any:
        digits = b""
        while (one := self._stream.read(1)) != b":":
            assert one, "Firefox ended"
            digits += one
        return json.loads(self._stream.read(int(digits)))


@contextlib.contextmanager
def firefox(profile: Path) -> Iterator[Browser]:
    profile.mkdir(exist_ok=True)
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
    (profile / "user.js").write_text("".join(lines))
    # The console is the browser's own; only with system access may Marionette look there.
    argv = ["firefox-esr", "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile"]
    environment = {**os.environ, "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"}
    told = (profile / "told.log").open("wb")
    with (
        told,
        subprocess.Popen([*argv, profile], env=environment, stdout=told, stderr=told) as process,
    ):
        try:
            wire = Marionette(_port(profile, process))
            try:
                yield Browser(wire)
            finally:
                wire.close()
        finally:
            process.terminate()


def _port(profile: Path, process: "subprocess.Popen[bytes]") -> int:
    """Wait for the file in which it tells the port that it took."""
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, ValueError):
            return int((profile / "MarionetteActivePort").read_text())
        time.sleep(0.1)
    raise AssertionError(f"Firefox did not start:\n{(profile / 'told.log').read_text(errors='replace')}")
