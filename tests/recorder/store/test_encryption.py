"""An encrypted pool: nothing of it without its key, all of it with it, and no key stream used twice."""

import io
import random
import stat

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recorder.cli import main
from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.client.status import DiskState
from recorder.client.tap import Mode
from recorder.store import StorePolicy, StoreReader, cipher, key_ring
from recorder.store.check import check
from recorder.store.chunk import associated, parse_head
from recorder.store.errors import Damaged, Locked
from recorder.store.inspection import Inspection
from recorder.store.key_ring import BadRecoveryKey, DamagedKeys, KeyRing
from recorder.store.layout import PAGE
from recorder.store.rebuild import rebuild_catalog
from recorder.store.walk import entries_of_block
from tests.recorder.store.faulty_disk import LoggingFiles
from tests.recorder.store.rig import ANOTHER_BOOT, BOOT, MAIN, SUB, Rig, played, simple, unflagged
from tests.recorder.store.test_power_cut import KEYS, Platter, bytes_of, catalog_pages

ENCRYPTED = StorePolicy(encrypted=True)


@pytest.fixture
def keys(tmp_path):
    ring = KeyRing(Instance(tmp_path / "instance"), ManualClock())
    ring.make(1)
    return ring


def reader(rig, keys):
    made = StoreReader(rig.disks, rig.index, rig.clock, keys=keys)
    rig.minds(made)
    return made


def filmed(rig, keys, seconds=20):
    store = rig.store(policy=ENCRYPTED, keys=keys)
    camera = rig.camera(audio=True)
    rig.film(store, camera, seconds=seconds)
    store.flush()
    return store, camera


def chunks(rig):
    """(whole header bytes, head, stored payload) of each chunk."""
    with Inspection(rig.disk) as disk:
        for number, row in disk.contents().blocks.items():
            file = disk.block(number)
            where = (file, disk.identity.id_bytes, number, row.incarnation, disk.identity.block_bytes)
            for entry in entries_of_block(*where):
                data = file.read(entry.header_bytes, entry.offset)
                yield data, parse_head(data), file.read(entry.payload_bytes, entry.offset + entry.header_bytes)
            file.close()


@pytest.mark.covers("V-REC-12")
def test_with_the_key_encrypted_footage_plays_bit_for_bit(rig, keys):
    _store, camera = filmed(rig, keys)
    found = reader(rig, keys)
    assert played(found) == simple(camera.sent)
    at = camera.sent[-15].wall_us
    for one in unflagged(played(found, from_us=at, mode=Mode.KEY)) + unflagged(played(found, from_us=at)):
        assert one[3] == next(s.data for s in camera.sent if s.track == one[0] and s.pts_us == one[1])
    back = [one for one in played(found, from_us=at, mode=Mode.REVERSE) if one[0] == 0]
    assert back
    assert all(one[4] == next(s.data for s in camera.sent if s.track == 0 and s.wall_us == one[2]) for one in back)


@pytest.mark.covers("V-REC-12")
def test_without_the_key_nothing_of_it_is_readable_and_words_say_so(rig, keys):
    _store, camera = filmed(rig, keys)
    found = rig.reader()
    assert found.spans(MAIN, 0, 1 << 60), "that there is footage is known"
    with pytest.raises(Locked, match="recovery key"):
        played(found)
    with pytest.raises(Locked):
        played(found, from_us=camera.sent[-1].wall_us, mode=Mode.REVERSE)
    everything = b"".join(path.read_bytes() for path in rig.disk.rglob("*") if path.is_file())
    assert not any(bytes(one.data[:64]) in everything for one in camera.sent)


def test_what_is_written_opens_by_the_words_of_the_document_alone(rig, keys):
    _store, camera = filmed(rig, keys)
    secret = keys.writing(1).secret
    plain = b""
    for data, head, payload in chunks(rig):
        fixed = head.fixed
        info = fixed.disk + fixed.incarnation.to_bytes(8, "little")
        lap = HKDF(SHA256(), 32, bytes(data[216:248]), info).derive(secret)
        blank = bytearray(data)
        n = fixed.samples
        for begin, end in ((164, 180), (248, 256), (256 + 4 * n, 256 + 8 * n)):
            blank[begin:end] = bytes(end - begin)
        plain += AESGCM(lap).decrypt(bytes(data[152:164]), payload + bytes(data[164:180]), bytes(blank))
        assert fixed.key_number == keys.writing(1).number
        assert fixed.nonce[:4] == fixed.sequence.to_bytes(4, "little")
    assert plain == b"".join(one.data for one in camera.sent)


def test_one_changed_bit_of_an_encrypted_chunk_is_refused_even_behind_right_crcs(rig, keys):
    store, _camera = filmed(rig, keys, seconds=3)
    rig.crash(store)
    data, head, payload = next(iter(chunks(rig)))
    secret = keys.writing(1).secret
    lap = cipher.LapKey(secret, head.fixed.salt, head.fixed.disk, head.fixed.incarnation)
    assert lap.decrypt(head.fixed.nonce, head.fixed.tag, associated(data), payload)
    for at in (0, len(payload) - 1):
        changed = bytearray(payload)
        changed[at] ^= 1
        with pytest.raises(Damaged):
            lap.decrypt(head.fixed.nonce, head.fixed.tag, associated(data), bytes(changed))
    for at in (100, 120, 216, 256, len(data) - 1):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(Damaged):
            lap.decrypt(head.fixed.nonce, head.fixed.tag, associated(changed), payload)


def test_a_damaged_sector_costs_only_the_samples_in_it(rig, keys):
    store, camera = filmed(rig, keys, seconds=3)
    rig.crash(store)
    path = next(one for one in sorted(rig.disk.glob("blocks/*")) if one.read_bytes()[:7] == b"NJBLOCK")
    data = bytearray(path.read_bytes())
    head = parse_head(bytes(data[PAGE:]))
    second = PAGE + head.fixed.header_bytes + head.table.sizes[0] + 5
    data[second] ^= 0xFF
    path.write_bytes(data)
    found = unflagged(played(reader(rig, keys)))
    assert found == [one for n, one in enumerate(unflagged(simple(camera.sent))) if n != 1]


def test_a_pool_whose_key_is_missing_is_never_written_in_the_clear(rig, tmp_path):
    store = rig.store(policy=ENCRYPTED, keys=KeyRing(Instance(tmp_path / "other")))
    camera = rig.camera()
    rig.film(store, camera, seconds=3)
    (status,) = store.status()
    assert status.state is DiskState.FAILED
    assert "recovery key" in status.reason
    everything = b"".join(path.read_bytes() for path in rig.disk.rglob("*") if path.is_file())
    assert not any(bytes(one.data[:64]) in everything for one in camera.sent)


def test_switching_encryption_begins_new_blocks_and_both_play(rig, keys):
    store = rig.store(keys=keys)
    camera = rig.camera()
    rig.film(store, camera, seconds=3)
    store.flush()
    store.set_policy(ENCRYPTED)
    rig.film(store, camera, seconds=3)
    store.flush()
    assert played(reader(rig, keys)) == simple(camera.sent)
    assert [head.fixed.cipher for _data, head, _payload in chunks(rig)][-1] == 1


def test_a_disk_plays_on_another_recorder_once_the_recovery_key_is_entered(rig, keys, tmp_path):
    store, camera = filmed(rig, keys)
    store.close()
    other = KeyRing(Instance(tmp_path / "other"))
    assert check(rig.disk).damage == [], "whether it is whole can be said without the key"
    with pytest.raises(Locked):
        played(reader(rig, other))
    assert other.enter(key_ring.recovery_key(keys.writing(1).secret).lower()) == keys.writing(1).number
    assert played(reader(rig, other)) == simple(camera.sent)


def test_a_catalog_and_a_header_made_anew_from_blocks_still_open(rig, keys):
    store, camera = filmed(rig, keys)
    store.close()
    path = next(one for one in sorted(rig.disk.glob("blocks/*")) if one.read_bytes()[:7] == b"NJBLOCK")
    data = bytearray(path.read_bytes())
    data[:PAGE] = bytes(PAGE)
    path.write_bytes(data)
    catalog = rig.disk / "catalog"
    catalog.write_bytes(catalog.read_bytes()[:PAGE] + bytes(catalog.stat().st_size - PAGE))
    rebuild_catalog(rig.disk)
    rig.index.unlink()
    again = rig.store(boot=ANOTHER_BOOT, policy=ENCRYPTED, keys=keys)
    again.step()
    assert unflagged(played(reader(rig, keys))) == unflagged(simple(camera.sent))


@pytest.mark.parametrize("luck", [None, 1, 2], ids=["all-lost", "torn", "torn-otherwise"])
def test_no_nonce_is_used_twice_with_one_key_wherever_power_is_cut(tmp_path, keys, monkeypatch, luck):
    """Records, cuts the power behind every write, records something else on what is left, and compares all writes."""
    used = {}

    def noting(self, nonce, associated, payload, encrypt=cipher.LapKey.encrypt):
        plain = bytes(payload)
        place = (self._key, nonce)
        assert used.setdefault(place, (associated, plain)) == (associated, plain), "a key stream was used twice"
        return encrypt(self, nonce, associated, payload)

    monkeypatch.setattr(cipher.LapKey, "encrypt", noting)
    files = LoggingFiles()
    rig = Rig(tmp_path / "filmed", files=files)
    before, written = bytes_of(rig.disk), catalog_pages(rig.disk)
    store = rig.store(policy=ENCRYPTED, keys=keys)
    cameras = [rig.camera(key) for key in KEYS]
    rig.film(store, *cameras, seconds=5)
    rig.crash(store)
    platter = Platter(rig.disk, list(files.log), before, written)
    resumed = 0
    for at in range(0, len(platter.log) + 1, 2):
        platter.cut(at, None if luck is None else random.Random(luck * 1000 + at))
        rig.index.unlink()
        rig.files = LoggingFiles()
        # Not only another boot: a disk that failed and is taken up again within one run, too.
        store = rig.store(boot=ANOTHER_BOOT if at % 4 else BOOT, policy=ENCRYPTED, keys=keys)
        resumed += len(store._writers[0].volume.open)
        other = [rig.camera(key, size=900) for key in KEYS]
        rig.film(store, *other, seconds=1.4)
        store._writers[0].attachment.give_up(None)
        rig.film(store, *other, seconds=3)
        rig.crash(store)
    assert resumed > 10, "blocks are gone on with after a cut"
    assert len({key for key, _nonce in used}) > 10


def test_a_recovery_key_survives_being_written_down(keys):
    secret = keys.writing(1).secret
    text = key_ring.recovery_key(secret)
    assert [len(one) for one in text.split("-")] == [4] * 14
    assert key_ring.parse_recovery_key(text) == secret
    assert key_ring.parse_recovery_key(text.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == secret
    for at, sign in enumerate(text):
        if sign != "-":
            wrong = text[:at] + ("7" if sign != "7" else "8") + text[at + 1 :]
            with pytest.raises(BadRecoveryKey):
                key_ring.parse_recovery_key(wrong)
    for wrong in ("", text[:-1], text + "A", text.replace(text[0], "U"), "ü" * 56):
        with pytest.raises(BadRecoveryKey):
            key_ring.parse_recovery_key(wrong)


def test_keys_are_sealed_at_rest_and_a_lost_device_key_is_told(tmp_path, keys):
    secret = keys.writing(1).secret
    path = tmp_path / "instance" / "config" / "pool-keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret.hex() not in path.read_text()
    again = KeyRing(Instance(tmp_path / "instance"))
    assert again.writing(1).secret == secret
    (tmp_path / "instance" / "config" / "device.key").write_bytes(bytes(32))
    with pytest.raises(DamagedKeys):
        KeyRing(Instance(tmp_path / "instance")).writing(1)
    path.write_text("{")
    with pytest.raises(DamagedKeys):
        KeyRing(Instance(tmp_path / "instance")).writing(1)


def test_a_new_key_leaves_footage_of_the_old_one_readable(rig, keys):
    store, camera = filmed(rig, keys, seconds=6)
    old = keys.writing(1)
    new = keys.make(1)
    assert keys.writing(1) == new != old
    assert keys.of(old.number) == old.secret
    store.close()
    assert unflagged(played(reader(rig, keys), MAIN)) == unflagged(simple(camera.sent))
    assert not played(reader(rig, keys), SUB)


def test_a_disk_is_listed_as_encrypted_or_locked(tmp_path, rig, keys, capsys):
    store, _camera = filmed(rig, keys, seconds=6)
    store.close()
    for name in ("instance", "other"):
        (tmp_path / name / "disks").mkdir(parents=True)
        (tmp_path / name / "disks" / "one").symlink_to(rig.disk)
        main(["store", "list", "--data", str(tmp_path / name)])
    said = capsys.readouterr().out
    assert said.count("encrypted") == 1
    assert "locked: `nightjar store recovery-key --enter`" in said


def test_a_recovery_key_is_shown_and_entered_at_the_command_line(tmp_path, rig, keys, capsys, monkeypatch):
    store, camera = filmed(rig, keys, seconds=6)
    store.close()
    main(["store", "recovery-key", "--data", str(tmp_path / "instance")])
    shown = next(line.strip() for line in capsys.readouterr().out.splitlines() if line.count("-") == 13)
    monkeypatch.setattr("sys.stdin", io.StringIO(shown.lower() + "\n"))
    main(["store", "recovery-key", "--enter", "--data", str(tmp_path / "other")])
    assert played(reader(rig, KeyRing(Instance(tmp_path / "other")))) == simple(camera.sent)
    with pytest.raises(SystemExit, match="no recovery key"):
        main(["store", "recovery-key", "--data", str(tmp_path / "third")])


def test_pool_keys_that_cannot_be_read_write_nothing_in_the_clear_and_lose_nothing_once_they_are_mended(
    rig, keys, tmp_path
):
    path = tmp_path / "instance" / "config" / "pool-keys.json"
    whole = path.read_bytes()
    path.write_text("{")
    store = rig.store(policy=ENCRYPTED, keys=KeyRing(Instance(tmp_path / "instance")))
    camera = rig.camera()
    rig.film(store, camera, seconds=3)
    assert store.status()[0].state is DiskState.FAILED
    path.write_bytes(whole)
    rig.film(store, camera, seconds=5)
    store.flush()
    assert played(reader(rig, keys)) == simple(camera.sent)
