"""An export reads the disks itself: every sample of the stretch, in order, and no more once it is cancelled."""

import re
import threading
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from msgspec import structs

from recorder.client.instance import Instance
from recorder.client.stream import SampleFlag
from recorder.client.tap import Subscribe
from recorder.playback import recorded
from recorder.playback.errors import Cancelled
from recorder.playback.export import Export
from recorder.playback.job import ExportJob, State
from recorder.playback.recorded import FromStore
from recorder.playback.verify_export import verify_export
from recorder.playback.vouch import Vouching
from recorder.store import disk_lane, merkle
from recorder.store.device_key import DeviceKey
from recorder.store.layout import block_name
from tests.recorder.decode.film import film
from tests.recorder.store.faulty_disk import HangingReads
from tests.recorder.store.rig import ALWAYS, MAIN, Rig, epoch

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
    found = [sample for portion in source.portions(asked(camera, audio=audio)) for sample in portion.samples]
    assert plain(found) == plain(one for one in camera.sent if audio or one.track == 0)
    sent = sum(len(one.data) for one in camera.sent)
    assert source.expected_bytes(asked(camera, audio=audio)) == pytest.approx(sent, rel=0.1)


def roots_of(rig):
    """The roots in the headers of all chunks, in order."""
    with closing(rig.reader()) as store:
        reader = store.chunk_reader()
        pieces = store.pieces(MAIN, 0, ALWAYS)
        return [reader.open(piece, one).head.fixed.digest for piece in pieces for one in store.chunks_of(MAIN, piece)]


@pytest.mark.parametrize("cut", [(0, 30), (7, 22)])
def test_a_portion_names_its_chunk_and_has_all_bytes_of_it(rig, tmp_path, cut):
    camera = filmed(rig)
    whole = asked(camera, audio=True)
    wanted = replace(whole, from_us=camera.sent[2 * cut[0]].wall_us, until_us=camera.sent[2 * cut[1]].wall_us)
    portions = list(FromStore(Instance(tmp_path), threading.Event()).portions(wanted))
    assert len(portions) > 1
    for one in portions:
        assert bytes(one.data) == b"".join(bytes(sample.data) for sample in one.samples)
    roots = roots_of(rig)
    begun = roots.index(portions[0].root)
    assert [one.root for one in portions] == roots[begun : begun + len(portions)]


def test_how_much_comes_of_a_span_is_known_beforehand(rig, tmp_path):
    camera = filmed(rig)
    rig.clock.advance(60)
    source, wanted = FromStore(Instance(tmp_path), threading.Event()), asked(camera, audio=True)
    sent = len(camera.sent)
    size = sum(len(one.data) for one in camera.sent)
    assert source.samples_ahead(wanted, 1 << 40, 28) == pytest.approx(sent, rel=0.05)
    half = camera.sent[sent // 2].wall_us
    assert source.samples_ahead(replace(wanted, from_us=half), 1 << 40, 28) == pytest.approx(sent / 2, rel=0.2)
    assert source.samples_ahead(wanted, size // 4, 0) == pytest.approx(sent / 4, rel=0.2)
    assert source.samples_ahead(wanted, size // 4, size // sent) == pytest.approx(sent / 8, rel=0.2)


def test_no_part_is_larger_than_a_stick_takes_with_its_index(rig, tmp_path, monkeypatch):
    made, store = film(400, gop=10), rig.store()
    for one in made.samples():
        store.open_stream(MAIN).put(structs.replace(one, wall_us=rig.clock.now_us()), made.epoch)
        rig.clock.advance(0.04)
        store.step()
    store.close()
    most = sum(map(len, made.data)) // 2
    monkeypatch.setattr("recorder.playback.export.LARGEST_FILE_BYTES", most)
    job = ExportJob((1,), MAIN.stream, 1, rig.clock.now_us(), str(tmp_path))
    done = Export(job, FromStore(Instance(tmp_path), threading.Event()), lambda _told: None).run()
    assert done.state is State.DONE, done.words
    gop = max(sum(map(len, made.data[n : n + 10])) for n in range(0, 400, 10))
    sizes = [Path(one).stat().st_size for one in done.files]
    assert max(sizes) <= most + gop + 4096
    assert min(sizes[:-1]) > most - 4096, "and none is much smaller than it may be"


@pytest.mark.covers("V-EXP-05")
def test_a_manifest_names_the_footage_by_the_roots_that_its_disk_vouches_for(rig, tmp_path):
    made, store = film(200, gop=10), rig.store()
    for one in made.samples():
        store.open_stream(MAIN).put(structs.replace(one, wall_us=rig.clock.now_us()), made.epoch)
        rig.clock.advance(0.04)
        store.step()
    store.close()
    instance = Instance(tmp_path)
    job = ExportJob((1,), MAIN.stream, 1, rig.clock.now_us(), str(tmp_path))
    done = Export(job, FromStore(instance, threading.Event()), lambda _told: None, Vouching(instance, job)).run()
    assert done.state is State.DONE, done.words
    (path,) = done.files
    proof = verify_export(Path(path), DeviceKey(instance).public)
    assert proof.faults == []
    roots = roots_of(rig)
    told = proof.manifest
    assert len(roots) > 3
    assert (told.samples, told.chunks, told.root) == (200, len(roots), merkle.root(roots).hex())


def exported_while_it_records(rig, tmp_path, frame_s, begin_us, end_us):
    """What an export of a stretch gives, counted from the newest picture of a camera that goes on."""
    made, store = film(20, gop=10), rig.store()
    for one in made.samples():
        rig.clock.advance(frame_s)
        store.open_stream(MAIN).put(structs.replace(one, wall_us=rig.clock.now_us()), made.epoch)
        store.step()
    newest = rig.clock.now_us()
    rig.clock.advance(2)
    store.step()
    job = ExportJob((1,), MAIN.stream, newest + begin_us, newest + end_us, str(tmp_path))
    done = Export(job, FromStore(Instance(tmp_path), threading.Event()), lambda _told: None).run()
    store.close()
    return done


@pytest.mark.parametrize("after_us", [1_500_000, 3_600_000_000])
def test_a_time_after_the_newest_picture_is_exported_as_nothing_and_not_as_what_was_before(rig, tmp_path, after_us):
    done = exported_while_it_records(rig, tmp_path, 0.1, after_us, after_us + 1_000_000)
    assert (done.state, done.files, done.words) == (State.FAILED, (), "Nothing is recorded in this time.")
    assert list(tmp_path.glob("*.mp4")) == []


def test_of_a_camera_with_few_pictures_the_time_between_two_is_exported(rig, tmp_path):
    done = exported_while_it_records(rig, tmp_path, 3.0, -10_500_000, -10_000_000)
    assert done.state is State.DONE, done.words
    assert len(done.files) == 1


def test_an_export_waits_for_a_disk_that_does_not_answer_and_leaves_nothing_out(rig, tmp_path, monkeypatch):
    camera = filmed(rig)
    disks = HangingReads(monkeypatch)
    monkeypatch.setattr(disk_lane, "SILENT_S", 1.0)
    monkeypatch.setattr(recorded, "BATCH_BYTES", 10_000)
    heard, source = [], FromStore(Instance(tmp_path), threading.Event())

    def waiting(disk):
        heard.append(disk)
        disks.answer()

    source.waiting = waiting
    portions = source.portions(asked(camera, audio=True))
    found = [next(portions)]
    disks.hang("one")
    found += portions
    assert heard == ["one", ""]
    assert plain(sample for one in found for sample in one.samples) == plain(camera.sent)


def test_an_export_waits_for_a_disk_only_so_long_and_says_which_it_was(rig, tmp_path, monkeypatch):
    camera = filmed(rig)
    disks = HangingReads(monkeypatch)
    monkeypatch.setattr(disk_lane, "SILENT_S", 0.5)
    monkeypatch.setattr(recorded, "DISK_PATIENCE_S", 0.5)
    disks.hang("one")
    instance, told = Instance(tmp_path), []
    source = FromStore(instance, threading.Event())
    job = ExportJob((1,), MAIN.stream, camera.sent[0].wall_us, rig.clock.now_us(), str(tmp_path))
    under_way = Export(job, source, told.append)
    source.waiting = under_way.waits
    try:
        done = under_way.run()
    finally:
        disks.answer()
    assert (done.state, done.stalled) == (State.FAILED, False)
    assert "Disk one" in done.words


def test_footage_of_a_disk_that_was_pulled_is_not_called_missing_by_an_export(rig, tmp_path):
    camera = filmed(rig)
    instance = Instance(tmp_path)
    (instance.disks / "one").rename(tmp_path / "pulled")
    job = ExportJob((1,), MAIN.stream, camera.sent[0].wall_us, rig.clock.now_us(), str(tmp_path))
    done = Export(job, FromStore(instance, threading.Event()), lambda _told: None).run()
    assert done.state is State.FAILED
    assert "cannot be read now" in done.words
    assert "Nothing is recorded" not in done.words


def exported(tmp_path, camera_began_us, now_us):
    job = ExportJob((1,), MAIN.stream, camera_began_us, now_us, str(tmp_path), names={1: "Gate"})
    done = Export(job, FromStore(Instance(tmp_path), threading.Event()), lambda _told: None).run()
    assert done.state is State.DONE, done.words
    return done


def test_an_export_says_which_of_its_time_could_not_be_read(rig, tmp_path):
    made, store = film(400, gop=5), rig.store()
    began_us = rig.clock.now_us()
    for one in made.samples():
        store.open_stream(MAIN).put(structs.replace(one, wall_us=rig.clock.now_us()), made.epoch)
        rig.clock.advance(0.2)
        store.step()
    store.close()
    assert exported(tmp_path, began_us, rig.clock.now_us()).words == ""
    with closing(rig.reader()) as reader:
        piece, *_more = reader.pieces(MAIN, 0, ALWAYS)
        entries = reader.chunks_of(MAIN, piece)
    assert len(entries) > 9
    lost = entries[3:-3]
    with (rig.disk / block_name(piece.block.number)).open("r+b") as block:
        for one in lost:
            block.seek(one.offset)
            block.write(bytes(one.header_bytes + one.payload_bytes))
    done = exported(tmp_path, began_us, rig.clock.now_us())
    assert len(done.files) == 2
    begin, end = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", done.words)
    assert done.words == f"What is recorded of Gate from {begin} to {end} is not in the files: it cannot be read."
    for told, meant_us in ((begin, lost[0].first_us), (end, lost[-1].last_us)):
        assert abs(datetime.fromisoformat(told).astimezone().timestamp() - meant_us / 1e6) < 2


def test_what_is_cancelled_reads_no_further(rig, tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "BATCH_BYTES", 10_000)
    camera = filmed(rig)
    cancelled = threading.Event()
    portions = FromStore(Instance(tmp_path), cancelled).portions(asked(camera, audio=False))
    assert next(portions).samples
    cancelled.set()
    more = []
    with pytest.raises(Cancelled):
        more.extend(portions)
    assert sum(len(one.samples) for one in more) < 10, "only what was read of one batch may still come"
    assert not [one for one in threading.enumerate() if one.name.startswith("read")]
