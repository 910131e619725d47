"""A log server that is not ours: rsyslogd with its TCP receiver (octet counting), plain or with TLS by GnuTLS."""

import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RSYSLOGD = shutil.which("rsyslogd") or "/usr/sbin/rsyslogd"
CONFIG = """
global(workDirectory="{folder}" {tls} maxMessageSize="8k")
module(load="imtcp" {mode})
template(name="parts" type="list" option.jsonf="on") {{
  property(outname="pri" name="pri" format="jsonf")
  property(outname="version" name="protocol-version" format="jsonf")
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="app" name="app-name" format="jsonf")
  property(outname="kind" name="msgid" format="jsonf")
  property(outname="data" name="structured-data" format="jsonf")
  property(outname="words" name="msg" format="jsonf")
}}
ruleset(name="all") {{ action(type="omfile" file="{folder}/got.json" template="parts" asyncWriting="off") }}
input(type="imtcp" port="0" listenPortFileName="{folder}/port" address="127.0.0.1" ruleset="all")
"""
TLS = (
    'defaultNetstreamDriverCAFile="{folder}/cert.pem" defaultNetstreamDriverCertFile="{folder}/cert.pem"'
    ' defaultNetstreamDriverKeyFile="{folder}/key.pem"'
)
MODE = 'streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon"'


@dataclass
class Rsyslog:
    """One that runs: its port, and what it has taken."""

    folder: Path
    port: int

    def got(self) -> list[dict[str, str]]:
        """Give the messages as rsyslog has parsed them."""
        place = self.folder / "got.json"
        text = place.read_text() if place.exists() else ""
        return [json.loads(line) for line in text.split("\n")[:-1]]


@contextlib.contextmanager
def rsyslog(folder: Path, *, tls: bool = False) -> Iterator[Rsyslog]:
    """Run one; with TLS `folder` has `cert.pem` and `key.pem`."""
    folder.mkdir(exist_ok=True)
    place = folder / "port"
    place.unlink(missing_ok=True)
    config = CONFIG.format(folder=folder, tls=TLS.format(folder=folder) if tls else "", mode=MODE if tls else "")
    (folder / "rsyslog.conf").write_text(config)
    command = [RSYSLOGD, "-n", "-f", str(folder / "rsyslog.conf"), "-i", str(folder / "pid")]
    with subprocess.Popen(command, stdout=sys.stderr) as process:
        try:
            until = time.monotonic() + 60
            while not (place.exists() and place.read_text().strip()):
                assert process.poll() is None, "rsyslogd ended"
                assert time.monotonic() < until, "rsyslogd opened no port"
                threading.Event().wait(0.05)
            yield Rsyslog(folder, int(place.read_text()))
        finally:
            process.terminate()
            process.wait(60)
