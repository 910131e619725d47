"""Everything recorded hangs on a root that the device key signs: chunk, block, log of roots, heads, keys."""

import hashlib
import os
import stat

import pytest
from blake3 import blake3

from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.store import Disk, StoreWriter, chunk_digest, device_key, initialise_disk, merkle, root_log, row_format
from recorder.store.chunk import parse_head
from recorder.store.device_key import DeviceKey, fingerprint, read_public, stated, trusted_keys, verified
from recorder.store.inspection import Inspection
from recorder.store.layout import BlockState, DigestKind
from recorder.store.rows import HeadRow, KeyRow, RootRow, RowKind
from recorder.store.verify import verify
from recorder.store.walk import entries_of_block, sealed_index
from tests.recorder.store.rig import BOOT, MAIN, Rig, played, simple


def by_the_book(leaves):
    """RFC 9162 §2.1.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + by_the_book(leaves[:k]) + by_the_book(leaves[k:])).digest()


@pytest.mark.parametrize("count", [*range(1, 20), 31, 32, 33, 100])
def test_a_root_is_that_of_the_standard(count):
    leaves = [hashlib.sha256(bytes([n])).digest() for n in range(count)]
    assert merkle.root(leaves) == by_the_book(leaves)


def test_the_root_of_nothing_is_that_of_the_standard():
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def key(tmp_path):
    return DeviceKey(Instance(tmp_path / "instance"), ManualClock())


class PowerCut(Exception):
    """Nothing after this happens."""


def kept(rig, kind, path=None):
    with Inspection(path or rig.disk) as disk:
        return list(disk.contents().of(kind))


def sha_256_leaf(kind, facts, data):
    return hashlib.sha256(bytes([kind]) + facts + data).digest()


def blake3_leaf(kind, facts, data):
    return blake3(data + facts + bytes([kind])).digest()


def blake3_root(leaves):
    return blake3(b"".join(leaves) + b"\1").digest()


DIGESTS = {DigestKind.SHA_256: (sha_256_leaf, by_the_book), DigestKind.BLAKE3: (blake3_leaf, blake3_root)}


def test_blake3_is_that_of_its_specification():
    # The first and the sixth of its published test vectors: bytes that count from 0 to 250 again and again.
    assert blake3(b"").hexdigest() == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    assert blake3(bytes(n % 251 for n in range(1024))).hexdigest().startswith("42214739f095a406f3fc83deb889744a")


@pytest.mark.parametrize("kind", DigestKind)
def test_each_chunk_has_the_root_over_its_head_and_samples_and_each_block_that_over_its_chunks(rig, monkeypatch, kind):
    monkeypatch.setattr(chunk_digest, "WRITTEN", kind)
    leaf, root = DIGESTS[kind]
    store = rig.store()
    camera = rig.camera(audio=True)
    rig.film(store, camera, seconds=40)
    store.flush()
    with Inspection(rig.disk) as disk:
        sealed = [one for one in disk.contents().blocks.values() if one.state == BlockState.SEALED]
        assert sealed
        samples = iter(camera.sent)
        for row in sorted(sealed, key=lambda one: one.serial):
            file = disk.block(row.number)
            where = (file, disk.identity.id_bytes, row.number, row.incarnation, disk.identity.block_bytes)
            tail, _entries = sealed_index(*where)
            roots = []
            for entry in entries_of_block(*where):
                head = parse_head(file.read(entry.header_bytes, entry.offset))
                fixed = head.fixed
                facts = b"\1\0\0\0" + fixed.epoch.to_bytes(4, "little") + fixed.span.pack() + fixed.kernel_boot
                facts += fixed.first_monotonic_us.to_bytes(8, "little")
                leaves = [leaf(2, facts, head.parameters)]
                for _n in range(fixed.samples):
                    one = next(samples)
                    facts = bytes([one.track, int(one.flags)]) + one.wall_us.to_bytes(8, "little")
                    facts += one.pts_us.to_bytes(8, "little") + len(one.data).to_bytes(4, "little")
                    leaves.append(leaf(0, facts, one.data))
                assert fixed.digest == root(leaves)
                roots.append(fixed.digest)
            file.close()
            assert (tail.digest_kind, tail.digest) == (2, by_the_book(roots))


def test_sealed_blocks_are_signed_within_the_hour_and_at_the_end(rig, key):
    store = rig.store(signer=key)
    camera = rig.camera()
    rig.film(store, camera, seconds=120)
    entries, heads = kept(rig, RowKind.ROOT), kept(rig, RowKind.HEAD)
    assert len(entries) > heads[0].entries == 1, "the first is signed at once, the next within the hour"
    rig.clock.advance(3600)
    rig.film(store, camera, seconds=1)
    heads = kept(rig, RowKind.HEAD)
    assert [one.number for one in heads] == [1, 2]
    assert heads[1].previous == root_log.digest_of(heads[0])
    rig.film(store, camera, seconds=120)
    store.close()
    entries, heads = kept(rig, RowKind.ROOT), kept(rig, RowKind.HEAD)
    assert heads[-1].first + heads[-1].entries - 1 == entries[-1].number, "at the end nothing is left unsigned"
    assert [one.number for one in entries] == list(range(1, len(entries) + 1))
    for head in heads:
        mine = [one for one in entries if head.first <= one.number < head.first + head.entries]
        assert head.root == by_the_book([merkle.leaf(row_format.pack(one)[1]) for one in mine])
        assert head.key == key.public
        assert verified(head.key, head.signature, root_log.signed_part(head))
        assert not verified(head.key, head.signature, root_log.signed_part(head._replace(made_us=head.made_us + 1)))


def test_a_block_that_was_sealed_before_a_cut_is_signed_after_it(rig, key):
    store = rig.store(signer=key)
    rig.film(store, rig.camera(), seconds=100)
    rig.crash(store)
    signed = sum(one.entries for one in kept(rig, RowKind.HEAD))
    assert len(kept(rig, RowKind.ROOT)) > signed
    again = rig.store(signer=key)
    again.step()
    assert sum(one.entries for one in kept(rig, RowKind.HEAD)) == len(kept(rig, RowKind.ROOT))


def test_every_disk_keeps_the_heads_of_all(tmp_path, key):
    clock = ManualClock()
    disks = []
    for name in ("one", "two"):
        initialise_disk(tmp_path / name, size_bytes=4 << 20, block_bytes=128 << 10, name=name, clock=clock)
        disks.append(Disk(tmp_path / name, clock))
    store = StoreWriter(disks, tmp_path / "i" / "index.sqlite", clock, BOOT, threads=False, signer=key)
    store.start()
    camera = Rig.camera(type("Rig", (), {"clock": clock}), MAIN)
    for _n in range(1000):
        camera.put(store)
        clock.advance(0.2)
        store.step()
    store.step()
    one, two = ({head.number for head in kept(None, RowKind.HEAD, tmp_path / name)} for name in ("one", "two"))
    assert one == two != set()
    store.close()


def test_overwriting_breaks_no_other_proof_and_the_log_does_not_grow_for_ever(rig_on, key):
    rig = rig_on(blocks=6)
    store = rig.store(signer=key)
    camera = rig.camera()
    for _hour in range(60):
        rig.film(store, camera, seconds=30)
        rig.clock.advance(3600 - 30)
    store.flush()
    writer = store._writers[0]
    writer.volume.catalog._checkpoint()
    contents = writer.volume.catalog.contents
    entries = {one.number: one for one in contents.of(RowKind.ROOT)}
    heads = list(contents.of(RowKind.HEAD))
    sealed = [one for one in contents.blocks.values() if one.state == BlockState.SEALED]
    assert {(one.number, one.incarnation) for one in sealed} <= {(e.block, e.incarnation) for e in entries.values()}
    assert len(entries) < 20
    assert len(heads) < 20
    assert [one.number for one in heads] == list(range(heads[0].number, heads[0].number + len(heads)))
    for head in heads:
        mine = [entries[n] for n in range(head.first, head.first + head.entries) if n in entries]
        assert not mine or root_log.root_of(mine) == head.root


def test_roots_that_nobody_signed_go_with_their_blocks_and_the_rest_is_signed_later(rig_on, key):
    rig = rig_on(blocks=6)
    store = rig.store()
    camera = rig.camera()
    for _hour in range(60):
        rig.film(store, camera, seconds=30)
        rig.clock.advance(3600 - 30)
    store.flush()
    volume = store._writers[0].volume
    before = [one.number for one in volume.catalog.contents.of(RowKind.ROOT)]
    volume.catalog._checkpoint()
    entries = [one.number for one in volume.catalog.contents.of(RowKind.ROOT)]
    assert before[-1] > 20
    assert len(entries) <= 6
    assert entries[-1] == before[-1]
    rig.crash(store)
    store = rig.store(signer=key)
    rig.film(store, camera, seconds=30)
    store.close()
    assert [one.number for one in kept(rig, RowKind.ROOT)][: len(entries)] == entries, "no number is used twice"
    heads = kept(rig, RowKind.HEAD)
    assert heads[0].first == entries[0]
    assert sum(one.entries for one in heads) == len(kept(rig, RowKind.ROOT))
    found = verify(rig.disk)
    assert found.altered == []
    assert found.missing == []


def test_the_key_is_the_recorders_own_and_nobody_elses_to_read(tmp_path, key):
    folder = tmp_path / "instance" / "config"
    public = key.public
    assert stat.S_IMODE((folder / "evidence.key").stat().st_mode) == 0o600
    assert read_public(folder / "evidence.pub") == public
    assert DeviceKey(Instance(tmp_path / "instance")).public == public
    assert len(fingerprint(public).replace(" ", "")) == 40


def test_a_new_key_is_vouched_for_by_the_old_one_and_the_other_way_round(tmp_path, key):
    first = key.public
    key.rotate()
    second = key.public
    key.rotate()
    third = key.public
    assert len({first, second, third}) == 3
    again = DeviceKey(Instance(tmp_path / "instance"))
    assert again.public == third
    statements = again.statements()
    for one in (first, second, third):
        assert trusted_keys(one, statements) == {first, second, third}
    forged = statements[1]._replace(key=bytes(32))
    assert trusted_keys(first, [forged]) == {first}
    assert verified(second, statements[1].by_itself, stated(statements[1]))


def test_a_cut_in_the_middle_of_a_change_leaves_the_old_key(tmp_path, key):
    first = key.public
    chain = (tmp_path / "instance" / "config" / "evidence.chain").read_bytes()
    (tmp_path / "instance" / "config" / "evidence.chain").write_bytes(
        chain + row_format.pack(KeyRow(bytes(32), first, 2, 0, bytes(64), bytes(64)))[1] + b"torn"
    )
    again = DeviceKey(Instance(tmp_path / "instance"))
    assert again.public == first
    assert [one.key for one in again.statements()] == [first]


def back_from(source, folder):
    """Give the key of a fresh recorder, and what a backup of another's has of it."""
    fresh = DeviceKey(Instance(folder / "fresh"))
    config = Instance(source).config
    return fresh, (config / "evidence.key").read_bytes(), (config / "evidence.chain").read_bytes()


def test_a_recorder_that_is_brought_back_vouches_with_its_key_of_before_and_for_what_it_signed_meanwhile(tmp_path, key):
    oldest = key.public
    key.rotate()
    before = key.public
    fresh, seed, chain = back_from(tmp_path / "instance", tmp_path)
    meanwhile = fresh.public
    assert fresh.take_back(seed, chain)
    assert not fresh.take_back(seed, chain), "once"
    again = DeviceKey(Instance(tmp_path / "fresh"))
    assert again.public == before
    for one in (oldest, before, meanwhile):
        assert trusted_keys(one, again.statements()) == {oldest, before, meanwhile}
    again.rotate()
    assert not again.take_back(seed, chain), "a key that another one followed since does not return"
    assert DeviceKey(Instance(tmp_path / "fresh")).public == again.public
    assert trusted_keys(again.public, again.statements()) == {oldest, before, meanwhile, again.public}


@pytest.mark.parametrize("file", ["evidence.chain", "evidence.key"])
def test_a_cut_while_the_key_is_taken_back_leaves_the_one_until_now(tmp_path, key, monkeypatch, file):
    key.rotate()
    fresh, seed, chain = back_from(tmp_path / "instance", tmp_path)
    meanwhile, real = fresh.public, device_key._replace

    def cut(path, data, mode):
        if path.name == file:
            raise PowerCut
        real(path, data, mode)

    monkeypatch.setattr(device_key, "_replace", cut)
    with pytest.raises(PowerCut):
        fresh.take_back(seed, chain)
    monkeypatch.undo()
    again = DeviceKey(Instance(tmp_path / "fresh"))
    assert again.public == meanwhile
    assert again.take_back(seed, chain)
    assert again.public == key.public
    assert trusted_keys(meanwhile, again.statements()) >= {meanwhile, key.public}


def test_a_chain_of_noise_and_of_somebody_else_is_none(tmp_path, key):
    assert key.public
    _fresh, _seed, other = back_from(tmp_path / "instance", tmp_path)
    for at, chain in enumerate((b"", os.urandom(5000), other)):
        fresh = DeviceKey(Instance(tmp_path / f"fresh{at}"))
        meanwhile = fresh.public
        assert fresh.take_back(bytes([at + 1]) * 32, chain)
        assert trusted_keys(meanwhile, fresh.statements()) == {meanwhile, fresh.public}


def test_a_disk_that_knows_the_key_of_before_learns_that_it_follows_the_one_until_now(rig, tmp_path, key):
    store = rig.store(signer=key)
    rig.film(store, rig.camera(), seconds=60)
    store.close()
    fresh, seed, chain = back_from(tmp_path / "instance", tmp_path)
    store = rig.store(signer=fresh)
    rig.film(store, rig.camera(), seconds=60)
    store.flush()
    meanwhile = fresh.public
    assert fresh.take_back(seed, chain)
    rig.film(store, rig.camera(), seconds=60)
    store.close()
    heads = {one.key for one in kept(rig, RowKind.HEAD)}
    assert heads >= {meanwhile, key.public}
    assert trusted_keys(key.public, kept(rig, RowKind.KEY)) >= heads


def test_a_change_of_the_key_while_it_records_is_noticed(rig, tmp_path, key):
    store = rig.store(signer=key)
    rig.film(store, rig.camera(), seconds=60)
    DeviceKey(Instance(tmp_path / "instance")).rotate()
    store.close()
    heads = kept(rig, RowKind.HEAD)
    assert len({one.key for one in heads}) == 2
    keys = {one.key: one for one in kept(rig, RowKind.KEY)}
    assert {one.key for one in heads} <= set(keys)
    assert isinstance(heads[0], HeadRow)
    assert all(isinstance(one, RootRow) for one in kept(rig, RowKind.ROOT))


def test_a_damaged_key_never_stops_recording_and_what_waited_is_signed_once_it_is_mended(rig, tmp_path, key):
    good, path = key.public, tmp_path / "instance" / "config" / "evidence.key"
    seed = path.read_bytes()
    path.write_bytes(b"damaged")
    broken = DeviceKey(Instance(tmp_path / "instance"), ManualClock())
    store = rig.store(signer=broken)
    camera = rig.camera()
    rig.film(store, camera, seconds=40)
    store.flush()
    assert simple(camera.sent) == played(rig.reader())
    assert len(kept(rig, RowKind.ROOT)) >= 2
    assert not kept(rig, RowKind.HEAD)
    path.write_bytes(seed)
    rig.clock.advance(3600)
    rig.film(store, camera, seconds=1)
    (head,) = kept(rig, RowKind.HEAD)
    assert head.key == good
    assert head.entries >= 2
