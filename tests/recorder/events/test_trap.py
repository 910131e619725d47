"""Net-SNMP's own receiver confirms what it was told, in version 2c and encrypted in version 3."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from types import SimpleNamespace

import pytest

from recorder.events.linkage import Lacking
from recorder.events.linkages.trap import BEGAN, OVER, Snmp, SnmpFailed, Trap
from recorder.events.sources.input_alarm import InputAlarm

pytestmark = [pytest.mark.anyio, pytest.mark.peer("snmptrapd")]
PATH = os.environ.get("PATH", "") + ":/usr/sbin"
CONFIG = """authCommunity log public
createUser nvr SHA authpass123 AES privpass123
authUser log nvr priv
"""


class Manager:
    """`snmptrapd`, and what it wrote down."""

    def __init__(self, place, port):
        self.log, self.port = place / "traps.log", port

    def said(self):
        return self.log.read_text() if self.log.exists() else ""

    def wait_for(self, text, seconds=60):
        for _try in range(seconds * 20):
            if text in self.said():
                return self.said()
            time.sleep(0.05)
        raise AssertionError(f"{text!r} is not in {self.said()!r}")


@pytest.fixture
def manager(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = tmp_path / "snmptrapd.conf"
    config.write_text(CONFIG)
    environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(tmp_path / "kept"), "MIBS": ""}
    found = Manager(tmp_path, port)
    command = [shutil.which("snmptrapd", path=PATH), "-f", "-On", "-C", "-c", str(config), "-Lf", str(found.log)]
    with subprocess.Popen([*command, f"udp:127.0.0.1:{port}"], env=environment) as process:
        try:
            found.wait_for("NET-SNMP version")
            yield found
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)


@pytest.fixture
def site(bench):
    linkage = Trap(SimpleNamespace(settings=bench.settings, clock=bench.clock), bench.engine)
    bench.change(InputAlarm, "IN1", trap=True, anti_dither_s=0)
    return SimpleNamespace(bench=bench, linkage=linkage)


def event(site, words='He said "hello".'):
    return site.bench.engine.begin(InputAlarm, "IN1", words=words), site.bench.rules.get(InputAlarm, "IN1")


LOGINS = {
    "2c": {"community": "public"},
    "3": {"user": "nvr", "auth_key": "authpass123", "privacy_key": "privpass123"},
}


@pytest.mark.covers("D-LINK-14")
@pytest.mark.parametrize("version", LOGINS)
async def test_the_manager_is_told_when_it_begins_and_when_it_is_over(site, manager, version):
    site.bench.change(Snmp, host="127.0.0.1", port=manager.port, version=version, **LOGINS[version])
    asked = event(site)
    await site.linkage.begin(*asked)
    said = manager.wait_for(f".{BEGAN}")
    assert 'He said \\"hello\\".' in said
    assert '"input-alarm"' in said
    await site.linkage.end(*asked)
    manager.wait_for(f".{OVER}")


@pytest.mark.parametrize(
    "login",
    [{"version": "2c", "community": "wrong"}, {"version": "3", **LOGINS["3"], "auth_key": "wrong-password"}],
    ids=["2c", "3"],
)
async def test_what_nobody_confirmed_has_failed(site, manager, login):
    site.bench.change(Snmp, host="127.0.0.1", port=manager.port, **login)
    with pytest.raises(SnmpFailed) as told:
        await site.linkage.begin(*event(site))
    assert "wrong" not in str(told.value).replace("wrongDigest", "")
    assert f".{BEGAN}" not in manager.said()


@pytest.mark.covers("D-RULE-03")
@pytest.mark.parametrize("values", [{"host": ""}, {"host": "h", "version": "3", "user": "u", "auth_key": "short"}])
async def test_without_a_manager_and_a_whole_login_it_is_left_out(site, values):
    site.bench.change(Snmp, **values)
    with pytest.raises(Lacking):
        await site.linkage.begin(*event(site))
