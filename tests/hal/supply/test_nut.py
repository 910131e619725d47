import getpass
import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from hal.drivers.supply.nut import NutSupply
from hal.errors import BadAnswer, Offline
from hal.kinds.supply import PowerSource
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.supply import SupplyContract

PATIENCE_S = 60
ON_MAINS = """\
ups.status: OL CHRG
battery.charge: 87
battery.runtime: 1260
ups.load: 31
ups.model: Back-UPS 600
ups.serial: 3B1234X
"""


class Server:
    """The real upsd with its dummy driver, which reads a file; an independent server of the protocol."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        dummy = f"[office]\ndriver = dummy-ups\nport = {folder}/office.dev\nmode = dummy-loop\npollinterval = 1\n"
        for name, text in {
            "nut.conf": "MODE=standalone\n",
            "ups.conf": dummy,
            "upsd.conf": f"LISTEN 127.0.0.1 {self.port}\nSTATEPATH {folder}\n",
            "upsd.users": "",
        }.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        self.say(ON_MAINS)
        paths = dict.fromkeys(("NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH"), str(folder))
        self.started = [
            subprocess.Popen(
                [f"/lib/nut/{program}", "-u", getpass.getuser(), "-F", *rest],
                env={**os.environ, **paths},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for program, rest in (("dummy-ups", ["-a", "office"]), ("upsd", []))
        ]
        self.until(lambda: self.told().get("ups.load") == "31")

    def told(self):
        return NutSupply("UPS", Machine(), ups="office", port=self.port)._ask()

    def until(self, what):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                if what():
                    return
            except Offline:
                pass
            time.sleep(0.05)
        pytest.fail("upsd did not come so far")

    def say(self, text):
        fresh = self.folder / "fresh"
        fresh.write_text(text)
        fresh.replace(self.folder / "office.dev")

    def stop(self):
        for process in self.started:
            process.terminate()
        for process in self.started:
            process.wait(PATIENCE_S)


class Ups(Rig):
    """The UPS of that server."""

    lasts = True

    def __init__(self, server):
        self.server = server
        super().__init__(NutSupply("UPS", Machine(), ups="office", port=server.port))

    def plug(self, *, plugged):
        status = "OL CHRG" if plugged else "OB DISCHRG"
        self.server.say(ON_MAINS.replace("OL CHRG", status))
        self.server.until(lambda: self.server.told()["ups.status"] == status)

    def lose(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self.device._address = closed.getsockname()


@pytest.fixture(scope="module")
def server():
    # The driver's socket lies in this folder, and a unix socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="nut"))
    server = Server(folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def rig(server):
    server.say(ON_MAINS)
    server.until(lambda: server.told()["ups.status"] == "OL CHRG")
    return Ups(server)


@pytest.mark.peer("nut")
@pytest.mark.covers("D-HW-16")
class TestNut(SupplyContract):
    def test_what_the_ups_tells_of_itself_arrives(self, rig):
        rig.device.open()
        state = rig.device.state
        assert (state.charge_percent, state.runtime_s, state.load_percent) == (87, 1260, 31)
        assert (rig.device.model, rig.device.serial) == ("Back-UPS 600", "3B1234X")
        rig.server.say(ON_MAINS.replace("OL CHRG", "OB LB RB"))
        rig.server.until(lambda: rig.server.told()["ups.status"] == "OB LB RB")
        rig.device.poll()
        assert (rig.device.state.low_battery, rig.device.state.replace_battery) == (True, True)

    def test_a_ups_the_server_does_not_know_is_told_in_words(self, rig):
        stranger = NutSupply("UPS", Machine(), ups="cellar", port=rig.server.port)
        with pytest.raises(Offline, match="UNKNOWN-UPS"):
            stranger.open()


def answering(answer):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.rfile.readline()
            self.wfile.write(answer)

    server = socketserver.TCPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.parametrize(
    ("answer", "error", "told"),
    [
        (b"ERR DATA-STALE\n", Offline, "its driver lost the UPS"),
        (b"\xff\xfe\x00", BadAnswer, "ff fe 00"),
        (b'VAR u ups.status "OL"\n', BadAnswer, "spoke otherwise"),
        (b'VAR u x "1"\n' * 9000, BadAnswer, "does not come to an end"),
        (b"BEGIN LIST VAR u\nEND LIST VAR u\n", Offline, "does not tell its status"),
    ],
)
def test_a_server_that_speaks_otherwise_is_told_with_its_bytes(answer, error, told):
    with answering(answer) as server:
        supply = NutSupply("UPS", Machine(), ups="u", port=server.server_address[1])
        with pytest.raises(error, match=told):
            supply.open()
        server.shutdown()


@pytest.mark.parametrize("figure", ["nan", "inf", "-1", "full"])
def test_a_figure_that_is_none_is_left_out(figure):
    told = f'BEGIN LIST VAR u\nVAR u ups.status "OL"\nVAR u battery.charge "{figure}"\nEND LIST VAR u\n'
    with answering(told.encode()) as server:
        supply = NutSupply("UPS", Machine(), ups="u", port=server.server_address[1])
        supply.open()
        server.shutdown()
    assert (supply.state.source, supply.state.charge_percent) == (PowerSource.MAINS, None)


def test_a_name_that_would_be_a_command_is_refused():
    with pytest.raises(Offline, match="not a name"):
        NutSupply("UPS", Machine(), ups="u\nLOGIN x").open()
