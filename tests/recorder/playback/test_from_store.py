"""An export reads the disks itself: every sample of the stretch, in order, and no more once it is cancelled."""

import itertools
import threading

import pytest

from recorder.client.instance import Instance
from recorder.client.stream import SampleFlag
from recorder.client.tap import Subscribe
from recorder.playback import recorded
from recorder.playback.errors import Cancelled
from recorder.playback.recorded import FromStore
from tests.recorder.store.rig import MAIN, Rig, epoch

SECONDS = 20


@pytest.fixture
def rig(tmp_path):
    made = Rig(tmp_path)
    yield made
    made.finish()


def filmed(rig):
    """A camera with sound whose footage is on the disk."""
    store = rig.store()
    camera = rig.camera(audio=True, epoch=epoch(audio=True), size=4000)
    rig.film(store, camera, seconds=SECONDS)
    store.close()
    return camera


def asked(camera, *, audio):
    sent = camera.sent
    return Subscribe(1, 1, MAIN.stream, from_us=sent[0].wall_us, until_us=sent[-1].wall_us + 1, audio=audio)


def plain(samples):
    kept = int(SampleFlag.KEY)
    return [(one.track, one.pts_us, one.wall_us, int(one.flags) & kept, bytes(one.data)) for one in samples]


@pytest.mark.parametrize("audio", [True, False])
def test_every_sample_that_is_wanted_comes_in_order(rig, tmp_path, monkeypatch, audio):
    monkeypatch.setattr(recorded, "BATCH_BYTES", 10_000)
    camera = filmed(rig)
    source = FromStore(Instance(tmp_path), threading.Event())
    found = [sample for _epoch, sample in source.samples(asked(camera, audio=audio))]
    assert plain(found) == plain(one for one in camera.sent if audio or one.track == 0)
    sent = sum(len(one.data) for one in camera.sent)
    assert source.expected_bytes(asked(camera, audio=audio)) == pytest.approx(sent, rel=0.1)


def test_what_is_cancelled_reads_no_further(rig, tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "BATCH_BYTES", 10_000)
    camera = filmed(rig)
    cancelled = threading.Event()
    samples = FromStore(Instance(tmp_path), cancelled).samples(asked(camera, audio=False))
    assert len(list(itertools.islice(samples, 3))) == 3
    cancelled.set()
    more = []
    with pytest.raises(Cancelled):
        more.extend(samples)
    assert len(more) < 10, "only what was read of one batch may still come"
    assert not [one for one in threading.enumerate() if one.name.startswith("read")]
