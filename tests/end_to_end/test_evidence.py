"""Evidence of a running recorder: an encrypted pool records, exports are signed, the disk proves itself afterwards."""

import base64
import http.client
import json
import ssl
import subprocess
import xml.etree.ElementTree as ET

import pytest

from tests.end_to_end.conftest import NIGHTJAR, PASSWORD, wait_for
from tests.end_to_end.test_disk import moment_us


def browse(running, method, path, **headers):
    told = json.loads((running.data / "run" / "web.json").read_text())
    trust = ssl.create_default_context(cafile=str(running.instance.config / "web.crt"))
    connection = http.client.HTTPSConnection("localhost", told["port"], context=trust, timeout=60)
    login = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
    connection.request(method, path, headers={"Authorization": f"Basic {login}", **headers})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@pytest.mark.covers("V-REC-12", "V-EXP-05")
def test_an_encrypted_recorder_gives_signed_exports_files_and_proofs(run_recorder, camera, tmp_path):
    public, file = tmp_path / "evidence.pub", tmp_path / "gate.mp4"
    with run_recorder() as running:
        running.command("settings", "set", "pool", "--item", "1", "encrypted=true")
        wait_for(lambda: running.command("store", "recovery-key", check=False) == "", 60)
        running.command("channel", "add", "--name", "Gate", "--url", camera)
        lasts = lambda one: moment_us(one["end"]) - moment_us(one["start"])  # noqa: E731
        wait_for(lambda: any(lasts(one) > 8_000_000 for one in running.spans(1)), 120)
        span = running.spans(1)[-1]
        running.command("export", "--channel", "1", "--from", span["start"], "--to", span["end"], str(file))
        running.command("store", "key", "--export", str(public))
        shown = subprocess.run(
            [str(NIGHTJAR), "verify-export", str(file), "--public-key", str(public)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "The file is as it was exported." in shown.stdout
        assert "by owner" in shown.stdout
        status, listing = browse(running, "PROPFIND", "/recordings/", Depth="1")
        assert status == 207
        assert "Gate" in listing.decode()
        status, listing = browse(running, "PROPFIND", "/recordings/Gate/", Depth="1")
        assert status == 207
        assert len(ET.fromstring(listing).findall("{DAV:}response")) >= 2, "a day"
        assert "encrypted" in running.command("store", "list")
    told = json.loads(running.command("store", "verify", "--public-key", str(public), "--json"))
    assert sum(len(one["waiting"]) for one in told) >= 1
    assert all(not one["altered"] and not one["missing"] and not one["locked"] for one in told)
