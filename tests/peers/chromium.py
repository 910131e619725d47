"""Chromium, driven by ChromeDriver's HTTP interface (W3C WebDriver)."""

import contextlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.peers.browser import Browser, Refused

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",
    "--window-size=1280,900",
    # One page of one site needs no processes beside it and none in reserve: a sixth of what a start costs.
    "--in-process-gpu",
    "--disable-extensions",
    "--disable-features=SpareRendererForSitePerProcess,MediaRouter,OptimizationHints,Translate",
    "--enable-features=NetworkServiceInProcess2",
)
PLACES = {
    "Navigate": "/url",
    "SetWindowRect": "/window/rect",
    "ExecuteScript": "/execute/sync",
    "FindElement": "/element",
    "ElementClick": "/element/{id}/click",
    "ElementSendKeys": "/element/{id}/value",
    "PerformActions": "/actions",
}


class ChromeDriver:
    def __init__(self, driver: str, profile: Path) -> None:
        self._http = httpx.Client(base_url=driver, timeout=120)
        options = {"args": [*ARGUMENTS, f"--user-data-dir={profile}"]}
        wanted = {
            "acceptInsecureCerts": True,
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "WARNING"},
        }
        self._session = ""
        self._session = f"/session/{self._call('POST', '/session', capabilities={'alwaysMatch': wanted})['sessionId']}"

    def ask(self, command: str, **parameters: Any) -> Any:
        if command == "TakeScreenshot":
            return self._call("GET", "/screenshot")
        return self._call("POST", PLACES[command].format(**parameters), **parameters)

    def complaints(self) -> list[str]:
        return [one["message"] for one in self._call("POST", "/se/log", type="browser") if one["level"] == "SEVERE"]

    def close(self) -> None:
        self._http.delete(self._session)
        self._http.close()

    def _call(self, method: str, path: str, **body: Any) -> Any:
        sent = {"json": body} if method == "POST" else {}
        told = self._http.request(method, f"{self._session}{path}", **sent).json()["value"]
        if isinstance(told, dict) and "error" in told:
            raise Refused(told)
        return told


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    with subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ports = (re.search(r"successfully on port (\d+)", line) for line in process.stdout)
            port = next(found[1] for found in ports if found)
            wire = ChromeDriver(f"http://127.0.0.1:{port}", profile)
            try:
                yield Browser(wire)
            finally:
                wire.close()
        finally:
            process.terminate()
