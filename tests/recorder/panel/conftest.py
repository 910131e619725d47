"""A front panel with the hardware and the screen behind it, each in its process."""

import contextlib
import json
import os
import subprocess
import sys

import pytest

from hal.client import HalClient
from recorder.client.instance import Instance
from tests.gui.remote import RemoteScreen


class Case:
    """What stands on the desk: the appliance, its screen and its panel."""

    def __init__(self, data):
        self.data = data
        self.instance = Instance(data)
        self.screen = RemoteScreen(data)

    def hal(self):
        return HalClient(self.instance.socket("hal"))

    @property
    def address(self):
        """The address that opens once."""
        return json.loads((self.instance.run / "panel.json").read_text())["address"]

    @property
    def origin(self):
        return self.address.partition("/?")[0]


@contextlib.contextmanager
def started(*argv):
    environment = {**os.environ, "NIGHTJAR_PANEL_PORT": "0"}
    command = [sys.executable, "-m", *map(str, argv)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    data = tmp_path_factory.mktemp("p")
    case = Case(data)
    hal = started("hal", "--socket", case.instance.socket("hal"), "--board", "simulated", "--world", data)
    gui = started("gui", "--data", data, "--headless")
    with hal, gui, started("recorder.panel", "--data", data):
        yield case
