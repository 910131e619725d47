import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hal.network.lab import Lab


class Nets:
    """The recorder's place with a hal in it, a neighbour on a cable, and a road with addresses of all manners."""

    def __init__(self, lab, folder):
        self.lab, self.recorder = lab, lab.recorder
        self.socket = folder / "hal.sock"

    def write(self, name, value, place=None):
        (place or self.recorder).run("sh", "-c", f"echo {value} > /proc/sys/{name.replace('.', '/')}")

    def road(self):
        """All of 10.5.0.0/24 but our 10.5.0.1."""
        self._start(str(Path(__file__).with_name("road.py")), "road0")
        for words in (("addr", "add", "10.5.0.1/24", "dev", "road0"), ("link", "set", "road0", "up")):
            self.recorder.run("ip", *words)

    def neighbour(self):
        """10.9.0.2 and fd00::2, and what lies behind them; we are 10.9.0.1 and fd00::1."""
        place = self.lab.place()
        self.lab.cable("lan0", place, "far0")
        for where, device, last in ((self.recorder, "lan0", 1), (place, "far0", 2)):
            where.run("ip", "addr", "add", f"10.9.0.{last}/24", "dev", device)
            where.run("ip", "addr", "add", f"fd00::{last}/64", "dev", device, "nodad")
        place.run("ip", "link", "set", "lo", "up")
        return place

    def hal(self):
        self._start("-m", "hal", "--socket", str(self.socket), "--board", "simulated")
        return self.socket

    def _start(self, *words):
        argv = self.recorder.argv(sys.executable, *words)
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        self.lab.running.append(process)
        assert process.stdout.readline() == "ready\n"
        return process


@contextlib.contextmanager
def laid(folder):
    lab = Lab()
    try:
        yield Nets(lab, folder)
    finally:
        lab.close()


@pytest.fixture
def silent(tmp_path_factory):
    """Nets of a kernel that was not told who may send echo requests: nobody may."""
    with laid(tmp_path_factory.mktemp("h")) as nets:
        yield nets


@pytest.fixture
def nets(silent):
    silent.write("net.ipv4.ping_group_range", "0 0")
    return silent


@pytest.fixture(scope="module")
def roadside(tmp_path_factory):
    """Nets with a road and a hal, for tests that ask it for one thing after the other and leave them as they are."""
    with laid(tmp_path_factory.mktemp("h")) as nets:
        nets.write("net.ipv4.ping_group_range", "0 0")
        nets.road()
        nets.hal()
        yield nets
