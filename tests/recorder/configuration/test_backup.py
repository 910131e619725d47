"""Every hour what was set is on every recording disk, and a recorder that is not set up is offered it (P-ADM-11)."""

import asyncio
import sqlite3
import threading
from dataclasses import replace
from hashlib import sha256

import pytest

from recorder.client.answers.configuration import Taking
from recorder.client.api import ApiError
from recorder.client.clock import ManualClock
from recorder.client.happened import Happened
from recorder.client.status import DiskDoubt, DiskState, DiskStatus
from recorder.configuration import backup, contents, sealed
from recorder.configuration.incoming import move_in
from recorder.events.carried import unpacked
from recorder.events.sought import Sought
from recorder.settings import carried_audit
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.general import General
from recorder.settings.pages.user import User
from recorder.settings.pages.user_group import ADMINISTRATORS
from recorder.settings.settings import Author
from recorder.store import initialise_disk, reserve
from recorder.store.carried_key import RESTORED as RESTORED_KEY
from recorder.store.carried_key import take_back
from recorder.store.device_key import DeviceKey, trusted_keys
from recorder.store.disk_lane import Lanes
from recorder.store.ids import kept_number, next_boot
from recorder.web.certificate import ensure
from tests.recorder.api.served import PASSWORD, Served, wait_for

MIB = 1 << 20
ME = Author("admin", "test")
HOUR_S = 3600


def disk_in(instance, name="disk1", size=64 * MIB):
    """A small recording disk that lies in a recorder."""
    place = instance.disks / name
    place.parent.mkdir(parents=True, exist_ok=True)
    disk = initialise_disk(place, size_bytes=size, block_bytes=4 * MIB, name=name.upper())
    return DiskStatus(name.upper(), disk, DiskState.WRITABLE, 0, "", 0, 0, place=name)


@pytest.fixture
def shop(tmp_path):
    """A recorder that is set up, and the disks that media sees."""
    with Served(tmp_path / "shop", ManualClock()) as served:
        served.set_up()
        settings = served.control.settings
        settings.change(General, {"recorder_name": "Shop"}, ME)
        settings.change(Channel, {"url": "rtsp://10.0.0.7/a", "password": "hunter2"}, ME, item="1")
        settings.change(User, {"group": ADMINISTRATORS}, ME, item="anna")
        served.control.accounts.passwords.set_password("anna", "a word of anna", ME, must_change=False)
        settings.change(User, {"group": "user"}, ME, item="guard")
        served.control.accounts.passwords.set_password("guard", "eleven guards", ME, must_change=False)
        next_boot(served.instance.state)
        served.seen = [disk_in(served.instance)]
        served.backup = served.control.configuration.backup
        served.backup._disks = lambda: served.seen
        yield served


def rung(count, first=1000):
    """Events that lie behind those which a recorder has at its start."""
    about = ("input-alarm", "Alarm input", "IN1", "", 0)
    at_us = 1_796_000_000_000_000
    return [
        Happened(first + n, *about, at_us + n, None, "", f"{n} rings.", 1, armed=True, picture_us=None)
        for n in range(count)
    ]


def newest(served, name="disk1"):
    return reserve.newest(served.instance.disks / name)


@pytest.mark.covers("P-ADM-11")
def test_every_hour_each_recording_disk_gets_one(shop):
    shop.seen.append(disk_in(shop.instance, "disk2"))
    shop.backup.look()
    assert [newest(shop, one).sequence for one in ("disk1", "disk2")] == [1, 1]
    shop.clock.advance(HOUR_S - 60)
    shop.backup.look()
    assert newest(shop).sequence == 1
    shop.clock.advance(61)
    shop.backup.look()
    assert newest(shop).sequence == 2
    told = shop.owner.configuration().backups
    assert {(one.disk, one.at_us, one.problem) for one in told} == {
        ("DISK1", shop.clock.now_us(), ""),
        ("DISK2", shop.clock.now_us(), ""),
    }
    assert b"hunter2" not in newest(shop).content


def sounds(served, *sizes):
    folder = served.instance.config / "voices"
    folder.mkdir(exist_ok=True)
    for number, size in enumerate(sizes):
        (folder / f"sound{number}.wav").write_bytes(bytes(size))


def test_a_backup_takes_no_more_memory_for_sounds_than_a_disk_has_room_for(shop):
    sounds(shop, MIB, backup.VOICE_BYTES, MIB // 2, MIB)
    shop.backup.look()
    kept = contents.read(sealed.open_sealed(newest(shop).content, PASSWORD, "admin"))
    assert kept.voices.keys() == {"sound0", "sound2"}


def test_a_disk_that_is_not_ours_to_write_is_left_alone(shop):
    own = shop.seen[0]
    for other in (
        replace(own, doubt=DiskDoubt.FOREIGN),
        replace(own, state=DiskState.READ_ONLY),
        replace(own, state=DiskState.FAILED),
        replace(own, set_aside=True),
        replace(own, id=""),
    ):
        shop.seen[:] = [other]
        shop.backup.look()
        assert newest(shop) is None


def test_a_disk_that_does_not_take_it_is_told(shop):
    shop.seen[0] = replace(shop.seen[0], id="ab" * 16)
    shop.backup.look()
    (told,) = shop.owner.configuration().backups
    assert "Another disk" in told.problem
    assert told.at_us == 0
    assert newest(shop) is None


def test_a_disk_that_hangs_holds_up_no_other_and_is_told(shop, monkeypatch):
    shop.seen.append(disk_in(shop.instance, "disk2"))
    shop.backup._lanes = Lanes(0.5)
    released, real = threading.Event(), reserve.keep

    def keep(place, *about):
        if place.name == "disk1":
            assert released.wait(60)
        real(place, *about)

    monkeypatch.setattr(reserve, "keep", keep)
    try:
        shop.backup.look()
        told = {one.disk: one for one in shop.owner.configuration().backups}
        assert "does not answer" in told["DISK1"].problem
        assert (told["DISK2"].problem, told["DISK2"].at_us) == ("", shop.clock.now_us())
        assert newest(shop, "disk2").sequence == 1
    finally:
        released.set()


def test_a_recorder_that_is_not_set_up_backs_nothing_up(tmp_path):
    with Served(tmp_path / "data", ManualClock()) as served:
        disk = disk_in(served.instance)
        served.control.configuration.backup._disks = lambda: [disk]
        served.control.configuration.backup.look()
        assert newest(served) is None


def reinstalled(shop, data):
    """Another recorder, not set up, with the shop's disk in it."""
    shop.backup.look()
    served = Served(data)
    served.instance.disks.mkdir(parents=True)
    (served.instance.disks / "disk1").symlink_to(shop.instance.disks / "disk1")
    return served


@pytest.mark.covers("P-ADM-11")
def test_after_a_reinstall_the_disk_brings_it_all_back_with_the_password_of_an_administrator_of_then(shop, tmp_path):
    made_us = shop.clock.now_us()
    with reinstalled(shop, tmp_path / "new") as served:
        told = []
        served.control.leave = lambda: told.append(True)
        (found,) = wait_for(lambda: served.screen.setup_state().backups)
        assert (found.name, found.made_us, found.disk) == ("Shop", made_us, "DISK1")
        for user, password in (("admin", "not this"), ("guard", "eleven guards"), ("anna", PASSWORD), ("", PASSWORD)):
            with pytest.raises(ApiError, match="does not open"):
                served.screen.restore_backup(found.id, user, password)
        assert not told
        served.screen.restore_backup(found.id, " Anna ", "a word of anna")
        wait_for(lambda: told)
    assert move_in(served.instance)
    with Served(tmp_path / "new") as again:
        assert again.control.settings.get(Channel, "1").password.reveal() == "hunter2"
        again.web.log_in("admin", PASSWORD)
        again.web.log_in("guard", "eleven guards")
        assert again.screen.setup_state().backups == ()
        rows = [(one.who, one.source) for one in again.owner.audit(page="configuration")]
        assert ("anna", "screen:screen") in rows
    assert f"{next_boot(again.instance.state).recorder:016x}" == kept_number(shop.instance.state)[0]


@pytest.mark.covers("P-ADM-11")
def test_the_events_come_back_too_and_the_key_that_vouches_for_the_footage(shop, tmp_path):
    store = shop.control.desk.store
    known = [replace(event, end_us=event.begin_us) for event in rung(5)]
    store.write(known)
    key = DeviceKey(shop.instance)
    key.rotate()
    fingerprint = ensure(shop.instance.config).fingerprint
    with reinstalled(shop, tmp_path / "new") as served:
        assert ensure(served.instance.config).fingerprint != fingerprint
        meanwhile = DeviceKey(served.instance).public
        own = served.control.desk.store.find(Sought())
        told = []
        served.control.leave = lambda: told.append(True)
        (found,) = wait_for(lambda: served.screen.setup_state().backups)
        served.screen.restore_backup(found.id, "admin", PASSWORD)
        wait_for(lambda: told)
        own = served.control.desk.store.find(Sought())
    assert move_in(served.instance)
    with Served(tmp_path / "new") as again:
        events = {one.id: one for one in again.control.desk.store.find(Sought(limit=1000))}
        assert [events[one.id].words for one in known] == [one.words for one in known]
        assert {one.words for one in own} <= {one.words for one in events.values()}, "those since the reinstall stay"
    assert DeviceKey(again.instance).public == meanwhile, "it is media that takes it back"
    assert take_back(again.instance, ManualClock()).public == key.public
    assert take_back(again.instance, ManualClock()).public == key.public
    assert meanwhile in trusted_keys(key.public, DeviceKey(again.instance).statements())
    assert ensure(again.instance.config).fingerprint == fingerprint, "browsers know it again"
    kept = (again.instance.state / RESTORED_KEY).read_bytes()
    assert (shop.instance.config / "evidence.key").read_bytes().hex() not in kept.hex()


@pytest.mark.covers("P-ADM-11")
def test_the_audit_comes_back_too_its_chain_unbroken_and_says_that_it_was_restored(shop, tmp_path):
    rows = list(shop.control.settings.whole_audit())
    assert rows
    with reinstalled(shop, tmp_path / "new") as served:
        served.control.settings.noted("session", "", "refused", Author("", "10.0.0.66"))
        (found,) = wait_for(lambda: served.screen.setup_state().backups)
        served.screen.restore_backup(found.id, "admin", PASSWORD)
        meanwhile = list(served.control.settings.whole_audit())
    assert move_in(served.instance)
    with Served(tmp_path / "new") as again:
        told = list(again.control.settings.whole_audit())
        assert told[: len(rows)] == rows
        assert f"{len(rows)} rows of the audit came back" in told[len(rows)].new
        assert told[len(rows)].who == "admin"
        since = told[len(rows) + 1 :][: len(meanwhile)]
        assert [(one.at_us, one.source) for one in since] == [(one.at_us, one.source) for one in meanwhile]
        assert "10.0.0.66" in {one.source for one in since}
        assert again.owner.check_audit().broken_at is None


def test_an_audit_that_cannot_be_read_keeps_nothing_else_from_coming(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(carried_audit, "packed", lambda *_about: b"no audit")
    with reinstalled(shop, tmp_path / "new") as served:
        (found,) = wait_for(lambda: served.screen.setup_state().backups)
        served.screen.restore_backup(found.id, "admin", PASSWORD)
    assert move_in(served.instance)
    with Served(tmp_path / "new") as again:
        assert again.control.settings.get(General).recorder_name == "Shop"
        assert again.owner.check_audit().broken_at is None


def test_whoever_looks_after_a_recorder_brings_no_audit_into_it_with_a_file(shop, tmp_path):
    shop.backup.look()
    known = sealed.open_sealed(newest(shop).content, PASSWORD, "admin")
    assert contents.read(known).audit
    manifest = sealed.Manifest(made_us=shop.clock.now_us(), name="Shop")
    file = sealed.seal(manifest, [sealed.secret_of_password(PASSWORD)], known)
    with Served(tmp_path / "other") as other:
        other.clock.advance(60)
        other.set_up()
        rows = list(other.control.settings.whole_audit())
        held = other.owner.hold_configuration(file)
        other.owner.take_configuration(held.id, PASSWORD, Taking.SAME)
        assert move_in(other.instance)
    with Served(tmp_path / "other") as again:
        assert list(again.control.settings.whole_audit())[: len(rows)] == rows


def test_a_disk_with_little_room_has_the_newest_events_and_all_that_was_set(shop, tmp_path):
    # Words that no packing makes small.
    known = [replace(one, words=sha256(one.words.encode()).hexdigest()) for one in rung(4000)]
    shop.control.desk.store.write(known)
    shop.backup.look()
    (told,) = shop.owner.configuration().backups
    assert told.problem == ""
    made = contents.read(sealed.open_sealed(newest(shop).content, PASSWORD, "admin"))
    assert made.documents
    ids = [one.id for one in unpacked(made.events).events]
    assert max(ids) == known[-1].id
    assert 100 < len(ids) < 4000


def test_a_list_of_events_that_cannot_be_read_keeps_nothing_else_from_being_backed_up(shop):
    with shop.control.desk.store.writing() as db:
        db.execute("ALTER TABLE comment RENAME TO gone")
    shop.backup.look()
    made = contents.read(sealed.open_sealed(newest(shop).content, PASSWORD, "admin"))
    assert made.documents
    assert made.audit
    assert made.events == b""


def test_what_cannot_be_gathered_is_told_of_each_disk_and_tried_again(shop, monkeypatch):
    shop.seen.append(disk_in(shop.instance, "disk2"))
    shop.backup.look()
    kept_us = shop.clock.now_us()
    shop.clock.advance(HOUR_S)

    def torn(*_by, **_most):
        raise sqlite3.DatabaseError("the list is torn")

    with monkeypatch.context() as damaged:
        damaged.setattr(shop.backup._gathering, "sealed", torn)
        shop.backup.look()
    told = shop.owner.configuration().backups
    assert [(one.problem, one.at_us) for one in told] == [("the list is torn", kept_us)] * 2
    shop.clock.advance(HOUR_S)
    shop.backup.look()
    assert [one.problem for one in shop.owner.configuration().backups] == ["", ""]


def test_a_look_that_fails_ends_no_backup_for_good(shop, monkeypatch):
    one = backup.Backup(shop.instance, shop.clock, shop.backup._gathering, lambda: shop.seen)
    failed, real = [], one.look

    async def work():
        kept = asyncio.Event()
        loop = asyncio.get_running_loop()

        def look():
            if not failed:
                failed.append(True)
                raise sqlite3.DatabaseError("the list is torn")
            real()
            loop.call_soon_threadsafe(kept.set)

        monkeypatch.setattr(one, "look", look)
        monkeypatch.setattr(backup, "LOOK_S", 0)
        running, waiting = asyncio.create_task(one.run()), asyncio.create_task(kept.wait())
        ended, _others = await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        running.cancel()
        assert ended == {waiting}

    asyncio.run(work())
    assert newest(shop)


def test_over_the_network_nothing_of_it_is_told_without_the_set_up_code(shop, tmp_path):
    with reinstalled(shop, tmp_path / "new") as served:
        (found,) = wait_for(lambda: served.screen.setup_state().backups)
        code = served.control.accounts.first_run.new_code()
        assert served.web.setup_state().backups == ()
        for refused in (
            lambda: served.web.setup_backups("AAAA-AAAA"),
            lambda: served.web.restore_backup(found.id, "admin", PASSWORD, "AAAA-AAAA"),
            lambda: served.web.restore_backup(found.id, "admin", PASSWORD),
        ):
            with pytest.raises(ApiError) as error:
                refused()
            assert error.value.code == "WrongCode"
        assert [one.name for one in served.web.setup_backups(code)] == ["Shop"]
        served.web.restore_backup(found.id, "admin", PASSWORD, code)
        assert (served.instance.config / "incoming").is_dir()


def test_who_guesses_waits(shop, tmp_path):
    with reinstalled(shop, tmp_path / "new") as served:
        (found,) = wait_for(lambda: served.screen.setup_state().backups)
        for _try in range(5):
            with pytest.raises(ApiError, match="does not open"):
                served.screen.restore_backup(found.id, "admin", "guessing")
        with pytest.raises(ApiError) as error:
            served.screen.restore_backup(found.id, "admin", PASSWORD)
        assert error.value.code == "TriedTooOften"


def test_a_recorder_that_is_set_up_is_offered_and_restores_nothing(shop, tmp_path):
    with reinstalled(shop, tmp_path / "new") as served:
        (found,) = wait_for(lambda: served.screen.setup_state().backups)
        served.set_up()
        for refused in (
            lambda: served.screen.restore_backup(found.id, "admin", PASSWORD),
            served.screen.setup_backups,
        ):
            with pytest.raises(ApiError) as error:
                refused()
            assert error.value.code == "AlreadySetUp"
        assert served.screen.setup_state().backups == ()


def test_a_disk_whose_backup_is_damaged_offers_none(shop, tmp_path):
    shop.backup.look()
    catalog = shop.instance.disks / "disk1" / "catalog"
    data = bytearray(catalog.read_bytes())
    data[data.index(b"NJSC") + 200] ^= 1
    catalog.write_bytes(data)
    with Served(tmp_path / "new") as served:
        served.instance.disks.mkdir(parents=True)
        (served.instance.disks / "disk1").symlink_to(shop.instance.disks / "disk1")
        served.control.configuration.found.look()
        assert served.screen.setup_state().backups == ()
