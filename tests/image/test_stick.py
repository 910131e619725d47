"""A USB stick in the image, whose services each have a view of their own of what is mounted: read, and exported to."""

import json

import pytest

from tests.guest.stick import Stick
from tests.image.footage import spans
from tests.image.machine import PATIENCE_S, PORT

"""Mouse and keyboard are in the first two."""
EXPORT = """
import json, sys, time
from datetime import datetime
from pathlib import Path
from recorder.client.api import ApiClient
with ApiClient(Path("/var/lib/nightjar/run/control.sock")) as ask:
    begin = int(datetime.fromisoformat(sys.argv[1]).timestamp() * 1_000_000)
    job = ask.export([1], begin, begin + 3_000_000, directory=Path(sys.argv[2]))
    while not job.state.over:
        time.sleep(0.5)
        job = ask.export_job(job.id)
    print(json.dumps({"state": job.state.value, "words": job.words, "files": list(job.files)}))
"""


def port(recorder):
    """What is told of the USB port."""
    told = json.loads(recorder.nightjar("hardware", "--json"))
    return next(one for one in told["devices"] if one["kind"] == "usb_port")


def until(recorder, wanted):
    """Wait until the port is as wanted."""
    recorder.until("hardware", "--json", wanted=lambda _told: wanted(port(recorder)))
    return port(recorder)


@pytest.mark.covers("D-BKP-04")
def test_footage_is_exported_to_a_stick_which_is_written_meanwhile_alone(recorder, footage):
    del footage
    first = spans(recorder, 1)[0]
    stick = Stick(recorder, "exports", 64)
    stick.format("vfat")
    for _turn in range(2):  # a stick that was written once is written again
        stick.plug(PORT)
        state = until(recorder, lambda one: one["place"])
        assert (state["label"], state["writing"], state["problem"]) == ("KEYS", False, "")
        said = recorder.run("python3", "-c", EXPORT, first["start"], state["place"], timeout_s=PATIENCE_S)
        job = json.loads(said.splitlines()[-1])
        assert job["state"] == "done", job
        until(recorder, lambda one: not one["writing"] and one["place"])
        stick.pull()
        until(recorder, lambda one: not one["occupied"])
    assert stick.path.read_bytes().count(b"ftypisom") == 2
