"""Altering anything on a disk is found, told where, and breaks the proof of nothing else."""

import json
import random
import shutil
import zlib

import pytest

from recorder.cli import main
from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.client.stream import Sample, SampleFlag, StreamKey
from recorder.store import chunk, chunk_digest
from recorder.store.block import entry_of, pack_seal
from recorder.store.catalog import half_offset, newest
from recorder.store.chunk import parse_head
from recorder.store.chunk_digest import DIGESTS
from recorder.store.device_key import DeviceKey, public_pem
from recorder.store.files import SystemFiles
from recorder.store.frame import parse_frame
from recorder.store.inspection import Inspection, header_of
from recorder.store.key_ring import KeyRing
from recorder.store.layout import PAGE, BlockState, DigestKind, Source
from recorder.store.policy import StorePolicy
from recorder.store.proof import Selection
from recorder.store.rebuild import rebuild_catalog
from recorder.store.rows import RowKind
from recorder.store.signed_log import heads_of
from recorder.store.verify import verify
from recorder.store.walk import sealed_index
from tests.recorder.store.rig import ANOTHER_BOOT


@pytest.fixture
def key(tmp_path):
    return DeviceKey(Instance(tmp_path / "instance"), ManualClock())


@pytest.fixture
def recorded(rig, key):
    """A stopped disk of two channels: sealed and signed blocks, and open ones."""
    store = rig.store(signer=key)
    cameras = [rig.camera(StreamKey(1)), rig.camera(StreamKey(2), audio=True)]
    rig.film(store, *cameras, seconds=45)
    store.close()
    return rig


def blocks(rig, state=BlockState.SEALED):
    with Inspection(rig.disk) as disk:
        return [one for one in disk.contents().blocks.values() if one.state == state]


def path_of(rig, row):
    return rig.disk / "blocks" / f"{row.number:06d}.block"


def entries_of(rig, row):
    with Inspection(rig.disk) as disk:
        file = disk.block(row.number)
        where = (file, disk.identity.id_bytes, row.number, row.incarnation, disk.identity.block_bytes)
        tail, entries = sealed_index(*where)
        header = header_of(file, disk.identity.id_bytes, row.number)
        file.close()
        return tail, entries, header


def flip(path, at, bit=0):
    with path.open("r+b") as file:
        file.seek(at)
        (value,) = file.read(1)
        file.seek(at)
        file.write(bytes([value ^ 1 << bit]))


def test_what_was_recorded_is_proven_against_the_public_key_alone(recorded, key):
    proof = verify(recorded.disk, trusted=key.public)
    sealed = blocks(recorded)
    assert (proof.altered, proof.missing, proof.unsigned, proof.locked) == ([], [], [], [])
    assert proof.whole_blocks == len(sealed) >= 2
    assert proof.whole_samples == sum(one.samples for row in sealed for one in entries_of(recorded, row)[1])
    assert proof.waiting, "open blocks are told as not signed yet"


def test_another_key_is_not_believed(recorded, tmp_path):
    stranger = DeviceKey(Instance(tmp_path / "stranger"))
    proof = verify(recorded.disk, trusted=stranger.public)
    assert proof.whole_blocks == 0
    assert any("another key" in one for one in proof.altered)


def test_a_changed_key_is_believed_by_whoever_trusts_the_old_one_and_the_other_way_round(rig, key):
    store = rig.store(signer=key)
    first = key.public
    rig.film(store, rig.camera(), seconds=60)
    key.rotate()
    store.close()
    for one in (first, key.public):
        proof = verify(rig.disk, trusted=one)
        assert proof.faults == 0
        assert proof.whole_blocks == len(blocks(rig))
        assert len(proof.signed_by) == 2


@pytest.mark.parametrize("luck", range(12))
def test_any_flipped_bit_of_a_sealed_block_is_found_in_that_block_alone(recorded, key, luck):
    chance = random.Random(luck)
    row = chance.choice(blocks(recorded))
    tail, entries, _header = entries_of(recorded, row)
    entry = chance.choice(entries)
    block_bytes = recorded.disk.joinpath("blocks/000000.block").stat().st_size
    places = {
        0: entry.offset + chance.randrange(256),
        1: entry.offset + 256 + chance.randrange(entry.header_bytes - 256),
        2: entry.offset + entry.header_bytes + chance.randrange(entry.payload_bytes),
        3: tail.index_offset + chance.randrange(tail.index_bytes),
        4: block_bytes - PAGE + chance.randrange(136),
    }
    flip(path_of(recorded, row), places[luck % 5], chance.randrange(8))
    proof = verify(recorded.disk, trusted=key.public)
    assert proof.faults > 0
    others = [one for one in blocks(recorded) if one.number != row.number]
    assert proof.whole_blocks == len(others)
    assert all(f"lock {row.number}" in one for one in (*proof.altered, *proof.missing))


def digest_of(payload, head):
    digests, table, at = DIGESTS[head.fixed.digest_kind], head.table, 0
    leaves = [digests.head(chunk.facts(head.fixed), head.parameters)]
    for n, size in enumerate(table.sizes):
        piece = bytes(payload[at : at + size])
        leaves.append(digests.sample(table.tracks[n], table.flags[n], table.walls[n], table.pts[n], piece))
        at += size
    return digests.root(leaves)


def rewritten(rig, row, nth, change, *, digest=True):
    """Alter a chunk as somebody would who knows the format: every CRC, every root and the tail are put right again."""
    path = path_of(rig, row)
    data = bytearray(path.read_bytes())
    _tail, entries, header = entries_of(rig, row)
    entry = entries[nth]
    head = parse_head(bytes(data[entry.offset : entry.offset + entry.header_bytes]))
    change(data, entry, head)
    begin, n = entry.offset, head.fixed.samples
    payload_at = begin + entry.header_bytes
    crc, at, crcs = 0, payload_at, b""
    for size in head.table.sizes:
        crc = zlib.crc32(data[at : at + size], crc)
        at += size
        crcs += crc.to_bytes(4, "little")
    data[begin + 256 + 4 * n : begin + 256 + 8 * n] = crcs
    data[begin + 248 : begin + 252] = crc.to_bytes(4, "little")

    def seal_header():
        data[begin + 252 : begin + 256] = bytes(4)
        data[begin + 252 : begin + 256] = zlib.crc32(data[begin : begin + entry.header_bytes]).to_bytes(4, "little")
        return parse_head(bytes(data[begin : begin + entry.header_bytes]))

    head = seal_header()
    if digest:
        data[begin + 184 : begin + 216] = digest_of(data[payload_at:], head)
    head = seal_header()
    for n, one in enumerate(entries):
        there = parse_head(bytes(data[one.offset : one.offset + one.header_bytes])).fixed
        crcs = {"payload_crc": there.payload_crc, "header_crc": there.header_crc}
        entries[n] = one._replace(**crcs, digest=there.digest, first_us=there.first_us, last_us=there.last_us)
    end, index, tail = pack_seal(header, entries, row.used, 0)
    data[end : end + len(index)] = index
    data[-PAGE:] = tail
    path.write_bytes(data)


def picture(data, entry, head):
    data[entry.offset + entry.header_bytes + 7] ^= 1


def moment(data, entry, head):
    at = entry.offset + 256 + 8 * head.fixed.samples + 8
    data[at] ^= 1


def parameter(data, entry, head):
    data[entry.offset + entry.header_bytes - 1] ^= 1


def channel(data, entry, head):
    data[entry.offset + 100] ^= 2


@pytest.mark.parametrize("change", [picture, moment, parameter, channel])
def test_who_puts_all_sums_right_again_is_found_by_the_signature(recorded, key, change):
    row = blocks(recorded)[0]
    rewritten(recorded, row, 0, change)
    with Inspection(recorded.disk) as disk:
        assert disk.contents().blocks[row.number] == row
    proof = verify(recorded.disk, trusted=key.public)
    assert any(f"Block {row.number}" in one and "not those that were sealed" in one for one in proof.altered)
    assert proof.whole_blocks == len(blocks(recorded)) - 1


def test_what_was_written_before_is_proven_by_the_digest_it_was_written_with(rig, key, monkeypatch):
    monkeypatch.setattr(chunk_digest, "WRITTEN", DigestKind.SHA_256)
    store = rig.store(signer=key)
    rig.film(store, rig.camera(), seconds=20)
    store.close()
    before = blocks(rig)
    monkeypatch.undo()
    store = rig.store(signer=key, boot=ANOTHER_BOOT)
    rig.film(store, rig.camera(), seconds=20)
    store.close()
    since = [one for one in blocks(rig) if one not in before]
    for kind, rows in ((DigestKind.SHA_256, before[:1]), (DigestKind.BLAKE3, since[-1:])):
        (row,) = rows
        entry = entries_of(rig, row)[1][0]
        with path_of(rig, row).open("rb") as file:
            file.seek(entry.offset + 145)
            assert file.read(1) == bytes([kind])
    proof = verify(rig.disk, trusted=key.public)
    assert (proof.faults, proof.whole_blocks) == (0, len(before) + len(since))
    for number, row in enumerate((before[0], since[-1]), 1):
        rewritten(rig, row, 0, picture)
        found = verify(rig.disk, trusted=key.public)
        assert len(found.altered) == number
        assert any(f"Block {row.number}" in one for one in found.altered)


@pytest.mark.parametrize("kind", [DigestKind.SHA_256, 2])
def test_a_chunk_that_names_another_digest_than_it_has_is_found(recorded, key, kind):
    row = blocks(recorded)[0]

    def rename(data, entry, _head):
        data[entry.offset + 145] = kind

    rewritten(recorded, row, 0, rename, digest=False)
    found = verify(recorded.disk, trusted=key.public).altered
    assert any(f"lock {row.number}" in one for one in found), found


def altered_row(rig, kind, change):
    """Change a row of the catalog and put the CRC of its frame right."""
    path = rig.disk / "catalog"
    data = bytearray(path.read_bytes())
    with Inspection(rig.disk) as disk:
        file = SystemFiles().open_to_read("catalog", disk.directory)
        log = newest(file, disk.identity)
        at = half_offset(disk.identity, log.half)
        file.close()
        for frame in log.frames:
            for number, packed in frame.rows:
                where = data.find(packed, at, at + frame.frame_bytes)
                if number == kind and where >= 0 and change(data, where, packed):
                    size = int.from_bytes(data[at + 20 : at + 24], "little")
                    crc = zlib.crc32(data[at + 64 : at + 64 + size], zlib.crc32(data[at : at + 60]))
                    data[at + 60 : at + 64] = crc.to_bytes(4, "little")
                    assert parse_frame(bytes(data[at : at + frame.frame_bytes]), disk.identity.id_bytes)
                    path.write_bytes(data)
                    return
            at += frame.frame_bytes
    raise AssertionError(kind)


@pytest.mark.parametrize("at", [9, 20, 30, 50, 70, 90])
def test_a_changed_entry_of_the_log_of_roots_is_found(recorded, key, at):
    def change(data, where, packed):
        data[where + at] ^= 1
        return True

    altered_row(recorded, RowKind.ROOT, change)
    assert any("log of roots" in one for one in verify(recorded.disk, trusted=key.public).altered)


@pytest.mark.parametrize("at", [24, 30, 40, 50, 60, 100, 130, 150, 200])
def test_a_changed_signed_head_is_found(recorded, key, at):
    def change(data, where, packed):
        data[where + at] ^= 1
        return True

    altered_row(recorded, RowKind.HEAD, change)
    assert verify(recorded.disk, trusted=key.public).faults


def test_a_removed_entry_is_found(recorded, key):
    def change(data, where, packed):
        data[where - 4] = 200
        return True

    altered_row(recorded, RowKind.ROOT, change)
    proof = verify(recorded.disk, trusted=key.public)
    assert any("entries are here" in one for one in proof.altered)


@pytest.mark.parametrize("luck", range(6))
def test_a_flipped_bit_of_the_catalog_is_found(recorded, key, luck):
    with Inspection(recorded.disk) as disk:
        file = SystemFiles().open_to_read("catalog", disk.directory)
        log = newest(file, disk.identity)
        file.close()
        begin = half_offset(disk.identity, log.half)
    chance = random.Random(luck)
    frames = log.frames
    nth = chance.randrange(1, len(frames) - 3)
    at = begin + sum(one.frame_bytes for one in frames[:nth]) + chance.randrange(64 + 4)
    flip(recorded.disk / "catalog", at, chance.randrange(8))
    assert verify(recorded.disk, trusted=key.public).faults


def test_a_block_that_was_taken_away_is_missing_and_one_that_was_used_again_is_not(rig_on, key):
    rig = rig_on(blocks=5)
    store = rig.store(signer=key)
    camera = rig.camera()
    for _n in range(8):
        rig.film(store, camera, seconds=30)
        rig.clock.advance(3600)
    store.close()
    proof = verify(rig.disk, trusted=key.public)
    assert proof.faults == 0
    assert proof.whole_blocks == len(blocks(rig))
    row = min(blocks(rig), key=lambda one: one.serial)
    path_of(rig, row).write_bytes(bytes(path_of(rig, row).stat().st_size))
    proof = verify(rig.disk, trusted=key.public)
    assert any("chunks are missing" in one for one in proof.missing)
    assert proof.whole_blocks == len(blocks(rig)) - 1


def test_a_disk_that_was_set_back_is_found_by_what_another_disk_knows(rig, key, tmp_path):
    store = rig.store(signer=key)
    camera = rig.camera()
    rig.film(store, camera, seconds=30)
    store.close()
    earlier = tmp_path / "earlier"
    shutil.copytree(rig.disk, earlier)
    store = rig.store(signer=key, boot=ANOTHER_BOOT)
    rig.film(store, camera, seconds=60)
    store.close()
    assert verify(earlier, trusted=key.public).faults == 0, "alone it looks whole"
    known = heads_of([rig.disk, earlier])
    assert any("set back" in one for one in verify(earlier, trusted=key.public, known_heads=known).missing)
    assert verify(rig.disk, trusted=key.public, known_heads=known).faults == 0


def test_a_thinned_chunk_still_proves_what_is_left_of_it(recorded, key):
    row = blocks(recorded)[0]
    path = path_of(recorded, row)
    data = bytearray(path.read_bytes())
    _tail, entries, header = entries_of(recorded, row)
    entry = entries[1]
    before = parse_head(bytes(data[entry.offset : entry.offset + entry.header_bytes]))
    digests = DIGESTS[before.fixed.digest_kind]
    table, at, samples, leaves = before.table, entry.offset + entry.header_bytes, [], []
    for n, size in enumerate(table.sizes):
        piece = bytes(data[at : at + size])
        flags = SampleFlag(table.flags[n])
        samples.append(Sample(table.tracks[n], table.pts[n], table.walls[n], flags, piece))
        leaves.append(digests.sample(table.tracks[n], table.flags[n], table.walls[n], table.pts[n], piece))
        at += size
    listed = b"".join([digests.head(chunk.facts(before.fixed), before.parameters), *leaves])
    mark = SampleFlag.DISCONTINUITY
    left = [
        Sample(one.track, one.pts_us, one.wall_us, one.flags | mark, one.data)
        for one in samples
        if one.flags & SampleFlag.KEY
    ]
    assert 0 < len(left) < len(samples)
    size = chunk.shape(
        len(left), len(left), len(before.parameters), sum(len(one.data) for one in left), len(leaves) + 1
    )
    assert size.chunk_bytes <= entry.chunk_bytes
    thinned = before.fixed._replace(
        source=Source.THINNED, samples=len(left), keys=len(left), leaves=len(leaves) + 1,
        header_bytes=size.header_bytes, payload_bytes=size.payload_bytes, chunk_bytes=size.chunk_bytes,
        first_us=min(one.wall_us for one in left), last_us=max(one.wall_us for one in left),
        first_pts_us=left[0].pts_us,
    )  # fmt: skip
    buffer = bytearray(size.chunk_bytes)
    filled = chunk.fill(memoryview(buffer), thinned, left, range(len(left)), before.parameters, leaves=listed)
    assert filled.digest == before.fixed.digest, "the root is that of the whole chunk"
    data[entry.offset : entry.offset + len(buffer)] = buffer
    after = parse_head(bytes(buffer))
    entries[1] = entry_of(entry.offset, after.fixed)
    roots = [parse_head(bytes(data[one.offset : one.offset + one.header_bytes])).fixed.digest for one in entries]
    entries = [one._replace(digest=root) for one, root in zip(entries, roots, strict=True)]
    end, index, tail = pack_seal(header, entries, row.used, 0)
    data[end : end + len(index)] = index
    data[-PAGE:] = tail
    path.write_bytes(data)
    proof = verify(recorded.disk, trusted=key.public)
    assert proof.faults == 0
    assert proof.whole_blocks == len(blocks(recorded))
    flip(path, entry.offset + size.header_bytes + 3)
    assert verify(recorded.disk, trusted=key.public).faults


def test_a_channel_and_a_time_are_proven_alone(recorded, key):
    row = next(one for one in blocks(recorded) if one.channel == 1)
    _tail, entries, _header = entries_of(recorded, row)
    flip(path_of(recorded, row), entries[0].offset + entries[0].header_bytes)
    assert verify(recorded.disk, Selection(channel=2), trusted=key.public).faults == 0
    assert verify(recorded.disk, Selection(channel=1), trusted=key.public).faults == 1
    later = Selection(channel=1, from_us=entries[0].last_us + 1_000_000)
    assert verify(recorded.disk, later, trusted=key.public).faults == 0


def test_a_catalog_made_anew_from_blocks_still_proves_what_the_old_one_did(recorded, key):
    rebuild_catalog(recorded.disk)
    proof = verify(recorded.disk, trusted=key.public)
    assert proof.faults == 0
    assert proof.whole_blocks >= 2
    assert proof.unsigned, "what the rebuild sealed itself is signed by nobody"


def test_encrypted_footage_is_proven_with_its_key_and_told_as_locked_without(rig, key, tmp_path):
    keys = KeyRing(Instance(tmp_path / "instance"))
    keys.make(1)
    store = rig.store(signer=key, keys=keys, policy=StorePolicy(encrypted=True))
    rig.film(store, rig.camera(), seconds=60)
    store.close()
    proof = verify(rig.disk, trusted=key.public, keys=keys)
    assert (proof.faults, proof.locked) == (0, [])
    assert proof.whole_blocks == len(blocks(rig))
    shut = verify(rig.disk, trusted=key.public)
    assert shut.faults == 0
    assert shut.whole_blocks == 0
    assert shut.locked
    row = blocks(rig)[0]
    _tail, entries, _header = entries_of(rig, row)
    flip(path_of(rig, row), entries[0].offset + entries[0].header_bytes + 5)
    assert verify(rig.disk, trusted=key.public).faults, "a changed bit is found without the key too"


def test_the_command_tells_it_in_words_and_ends_with_an_error(recorded, key, tmp_path, capsys):
    public = tmp_path / "recorder.pub"
    public.write_bytes(public_pem(key.public))
    data = str(tmp_path / "elsewhere")
    asked = ["store", "verify", str(recorded.disk), "--data", data, "--public-key", str(public)]
    main(asked)
    assert "whole and signed: " in capsys.readouterr().out
    row = blocks(recorded)[0]
    flip(path_of(recorded, row), entries_of(recorded, row)[1][0].offset + PAGE)
    with pytest.raises(SystemExit, match="Faults found: 1"):
        main(asked)
    assert f"is not what was recorded (block {row.number})" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*asked, "--json"])
    (told,) = json.loads(capsys.readouterr().out)
    assert told["altered"]
    assert told["whole_blocks"] == len(blocks(recorded)) - 1


def test_proving_changes_nothing(recorded, key):
    before = {path: path.read_bytes() for path in recorded.disk.rglob("*") if path.is_file()}
    verify(recorded.disk, trusted=key.public)
    assert {path: path.read_bytes() for path in recorded.disk.rglob("*") if path.is_file()} == before
