"""Aged footage is thinned to key frames: its blocks make room, and at every moment it is shown once, whole or thin."""

import random
import shutil

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.instance import Instance
from recorder.client.recording import Frames
from recorder.client.tap import Mode
from recorder.store import StorePolicy, chunk_digest
from recorder.store.check import check
from recorder.store.device_key import DeviceKey
from recorder.store.layout import BlockClass, DigestKind
from recorder.store.policy import PoolPolicy
from recorder.store.rebuild import rebuild_catalog
from recorder.store.rows import HoldRow
from recorder.store.thinner import LOOK_US
from recorder.store.verify import verify
from tests.recorder.store.faulty_disk import LoggingFiles, Platter, bytes_of, catalog_pages
from tests.recorder.store.rig import ALWAYS, ANOTHER_BOOT, MAIN, SUB, Rig, hold, played, simple, unflagged

DAY = 86400
THIN = StorePolicy(pools={1: PoolPolicy(1, thin_days=2)})


def keys(camera):
    return [one for one, sent in zip(unflagged(simple(camera.sent)), camera.sent, strict=True) if int(sent.flags) & 1]


def idle(rig, store, times=60):
    """Let the disk have nothing to do for a while."""
    for _n in range(times):
        rig.clock.advance(LOOK_US / SECOND_US / 4)
        store.step()


@pytest.mark.covers("P-POOL-05")
def test_aged_footage_is_thinned_and_its_blocks_make_room(rig_on):
    rig = rig_on(blocks=16)
    store = rig.store(policy=THIN)
    camera = rig.camera(audio=True, gop=25)
    rig.film(store, camera, seconds=60)
    store.flush()
    used = store.status()[0].used_bytes
    rig.clock.advance(3 * DAY)
    new = rig.camera()
    rig.film(store, new, seconds=3)
    reader = rig.reader()
    everything = unflagged(simple(camera.sent))
    for _n in range(40):
        idle(rig, store, 1)
        got = unflagged(played(reader, until_us=new.sent[0].wall_us))
        assert len(got) == len(set(got))
        assert set(keys(camera)) <= set(got) <= set(everything)
    assert got == keys(camera)
    assert store.status()[0].used_bytes < used // 2
    first, *_rest, last = reader.spans(MAIN, 0, ALWAYS)
    assert (first.frames, last.frames) == (Frames.THINNED, Frames.ALL)
    assert (first.start_us, first.end_us) == (keys(camera)[0][2], keys(camera)[-1][2] + 1)
    back = unflagged(played(reader, from_us=ALWAYS, mode=Mode.REVERSE))
    assert set(keys(camera)) <= set(back)
    store.close()
    assert check(rig.disk).damage == []
    rebuild_catalog(rig.disk)
    rig.index.unlink()
    store = rig.store(policy=THIN)
    assert unflagged(played(rig.reader(), until_us=new.sent[0].wall_us)) == keys(camera)


def test_what_is_held_and_what_is_young_is_not_thinned(rig_on):
    rig = rig_on(blocks=24)
    store = rig.store(policy=THIN)
    camera = rig.camera()
    rig.film(store, camera, seconds=60)
    begin, end = camera.sent[60].wall_us, camera.sent[160].wall_us
    assert isinstance(hold(store, begin, end), HoldRow)
    rig.clock.advance(DAY)
    idle(rig, store)
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))
    rig.clock.advance(2 * DAY)
    idle(rig, store)
    got = unflagged(played(rig.reader()))
    assert len(got) < len(camera.sent)
    assert {one for one in unflagged(simple(camera.sent)) if begin <= one[2] < end} <= set(got)
    assert len(got) == len(set(got))


def test_a_short_hold_copied_aside_is_never_shown_beside_a_thinned_copy(rig_on):
    rig = rig_on(blocks=24, block_bytes=256 << 10)
    store = rig.store(policy=THIN)
    camera = rig.camera()
    rig.film(store, camera, seconds=60)
    assert isinstance(hold(store, camera.sent[52].wall_us, camera.sent[60].wall_us), HoldRow)
    idle(rig, store)
    rig.clock.advance(3 * DAY)
    idle(rig, store)
    got = unflagged(played(rig.reader()))
    assert len(got) == len(set(got))
    assert set(keys(camera)) <= set(got)


def test_a_channel_may_be_thinned_earlier_and_a_shared_block_by_the_longest_time(rig_on):
    rig = rig_on(blocks=16)
    store = rig.store(policy=StorePolicy(thin={1: 1}))
    main, other = rig.camera(), rig.camera(SUB)
    rig.film(store, main, other, seconds=20)
    store.flush()
    rig.clock.advance(2 * DAY)
    idle(rig, store)
    contents = store._writers[0].volume.catalog.contents
    assert any(one.block_class == BlockClass.THINNED for one in contents.blocks.values())
    assert set(keys(main)) <= set(unflagged(played(rig.reader())))


@pytest.mark.parametrize("luck", [1, 2])
def test_a_power_cut_at_any_write_of_thinning_shows_footage_once(tmp_path, luck):
    files = LoggingFiles()
    rig = Rig(tmp_path / "filmed", files=files, blocks=12)
    before, written = bytes_of(rig.disk), catalog_pages(rig.disk)
    store = rig.store(policy=THIN)
    camera = rig.camera()
    rig.film(store, camera, seconds=40)
    store.flush()
    rig.clock.advance(3 * DAY)
    began = len(files.log)
    idle(rig, store, 30)
    rig.crash(store)
    platter = Platter(rig.disk, list(files.log), before, written)
    assert len(platter.log) - began > 20
    everything = set(unflagged(simple(camera.sent)))
    for at in range(began, len(platter.log) + 1):
        platter.cut(at, random.Random(at * luck))
        shutil.rmtree(rig.place / "state")
        rig.files = LoggingFiles()
        store = rig.store(boot=ANOTHER_BOOT, policy=THIN)
        reader = rig.reader()
        got = unflagged(played(reader))
        assert len(got) == len(set(got)), at
        assert set(keys(camera)) <= set(got) <= everything, at
        rig.crash(store)
        rig.close(reader)


@pytest.mark.parametrize("kind", DigestKind)
def test_thinned_footage_is_proven_by_its_own_signed_root(rig_on, monkeypatch, kind):
    monkeypatch.setattr(chunk_digest, "WRITTEN", kind)
    rig = rig_on(blocks=16)
    key = DeviceKey(Instance(rig.place / "instance"), rig.clock)
    store = rig.store(policy=THIN, signer=key)
    camera = rig.camera(gop=25)
    rig.film(store, camera, seconds=60)
    monkeypatch.undo()
    rig.clock.advance(3 * DAY)
    idle(rig, store)
    # Sealed after a day at the latest, signed within the hour.
    rig.clock.advance(DAY)
    rig.film(store, rig.camera(), seconds=2)
    rig.clock.advance(3700)
    rig.film(store, rig.camera(), seconds=2)
    store.close()
    proof = verify(rig.disk)
    assert (proof.altered, proof.missing, proof.unsigned) == ([], [], [])
    assert proof.whole_samples >= len(keys(camera))
