"""A Chromium driven by ChromeDriver's HTTP interface (W3C WebDriver), as far as our pages need it."""

import contextlib
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

PATIENCE_S = 30
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
)


class Browser:
    def __init__(self, driver: str, profile: Path) -> None:
        self._http = httpx.Client(base_url=driver, timeout=60)
        options = {"args": [*ARGUMENTS, f"--user-data-dir={profile}"]}
        wanted = {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": True, "goog:chromeOptions": options}}}
        self._session = f"/session/{self._call('/session', wanted)['sessionId']}"

    def _call(self, path: str, body: dict[str, Any]) -> Any:
        told = self._http.post(path, json=body).json()["value"]
        assert not (isinstance(told, dict) and "error" in told), told
        return told

    def open(self, address: str) -> None:
        self._call(f"{self._session}/url", {"url": address})

    def run(self, script: str) -> Any:
        """Run the body of a function in the page, and give what it returns; promises are waited for."""
        return self._call(f"{self._session}/execute/sync", {"script": script, "args": []})

    def until(self, expression: str) -> Any:
        """Wait until an expression is true in the page, and give it."""
        end = time.monotonic() + PATIENCE_S
        while True:
            seen = self.run(f"return {expression}")
            if seen:
                return seen
            assert time.monotonic() < end, f"never true: {expression}\n{self.run('return document.body.innerText')}"
            time.sleep(0.1)

    def _element(self, css: str) -> str:
        found = self._call(f"{self._session}/element", {"using": "css selector", "value": css})
        return f"{self._session}/element/{next(iter(found.values()))}"

    def click(self, css: str) -> None:
        self._call(f"{self._element(css)}/click", {})

    def type(self, css: str, text: str) -> None:
        self._call(f"{self._element(css)}/value", {"text": text})

    def close(self) -> None:
        self._http.delete(self._session)
        self._http.close()


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    with subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ports = (re.search(r"successfully on port (\d+)", line) for line in process.stdout)
            port = next(found[1] for found in ports if found)
            browser = Browser(f"http://127.0.0.1:{port}", profile)
            try:
                yield browser
            finally:
                browser.close()
        finally:
            process.terminate()
