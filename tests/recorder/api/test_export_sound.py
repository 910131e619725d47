"""Sound in exports: for those alone who may hear it, whoever asked for the export (D-ACC-01)."""

import io

import pytest

from recorder.client.unix_http import ApiError
from tests.recorder.api.test_every_route import guard_with
from tests.recorder.api.test_routes import Exporter, finish, over

SEEN = dict.fromkeys(("live", "playback", "backup"), "all")


@pytest.fixture
def rig(served):
    served.set_up()
    for name in ("Gate", "Safe"):
        served.owner.add_channel(name=name, url="rtsp://10.0.0.7/main")
    served.exporter = Exporter()
    served.reader = served.beside("reader", served.exporter)
    return served


def export(served, client):
    job = client.export([1, 2], 1_000, 2_000)
    (served.instance.exports / served.exporter.path / "gate.mp4").write_bytes(b"mp4!")
    finish(served, served.reader, state="done", files=["gate.mp4"])
    return over(client, job.id)


@pytest.mark.covers("D-ACC-01")
def test_an_export_leaves_out_the_sound_of_channels_that_one_may_not_hear(rig):
    guard = rig.client("web", guard_with(rig, **SEEN, audio=[1]))
    job = export(rig, guard)
    assert rig.reader.of("export")[-1]["silent"] == [2]
    assert job.silent == (2,)
    into = io.BytesIO()
    assert guard.download_export(job.id, into) == 4
    export(rig, rig.owner)
    assert rig.reader.of("export")[-1]["silent"] == []


def test_who_may_hear_nothing_any_more_takes_his_silent_exports_alone(rig):
    guard = rig.client("web", guard_with(rig, **SEEN, audio="all"))
    loud = export(rig, guard)
    rig.owner.set_page("user-group", {"audio": []}, item="guards")
    with pytest.raises(ApiError) as refused:
        guard.download_export(loud.id, io.BytesIO())
    assert refused.value.http_status == 403
    mine = export(rig, guard)
    assert mine.silent == (1, 2)
    assert guard.download_export(mine.id, io.BytesIO()) == 4
