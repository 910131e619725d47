"""A sealed configuration opens with its passwords alone, and nothing that somebody made of it is believed."""

import os
import struct
import zlib

import msgspec
import pytest
from argon2 import PasswordHasher

from recorder.configuration import contents, sealed
from recorder.configuration.gathering import MOST_VOICE_BYTES
from recorder.configuration.sealed import (
    LARGEST_FILE,
    Manifest,
    NewerConfiguration,
    NotAConfiguration,
    WrongConfigurationPassword,
    manifest_of,
    open_sealed,
    seal,
    secret_of_password,
    secret_of_record,
)

PASSWORD = "sealed with care"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ABOUT = Manifest(made_us=1_700_000_000_000_000, name="Shop", recorder="ab" * 8, firmware="1.2.3")
CONTENT = b'{"format": 1, "password of a camera": "hunter2"}' * 20


def made_of(password=PASSWORD, user=""):
    return secret_of_record(CHEAP.hash(password), user)


@pytest.fixture
def file():
    return seal(ABOUT, [made_of()], CONTENT)


@pytest.mark.covers("D-MNT-11")
def test_it_opens_with_its_password_and_no_other(file):
    assert open_sealed(file, PASSWORD) == CONTENT
    for wrong in ("", "sealed with car", PASSWORD + " ", "x" * 5000):
        with pytest.raises(WrongConfigurationPassword):
            open_sealed(file, wrong)


def test_a_password_that_was_typed_costs_as_much_to_guess_as_a_login():
    like = PasswordHasher()
    found = secret_of_password(PASSWORD)
    assert found.opening[1:] == (like.time_cost, like.memory_cost, like.parallelism)
    assert open_sealed(seal(ABOUT, [found], CONTENT), PASSWORD) == CONTENT


def test_each_of_several_users_opens_it_with_his_own_password():
    file = seal(ABOUT, [made_of("one one one", "anna"), made_of("two two two", "ben")], CONTENT)
    assert open_sealed(file, "two two two", "ben") == CONTENT
    assert open_sealed(file, "one one one", "anna") == CONTENT
    with pytest.raises(WrongConfigurationPassword):
        open_sealed(file, "one one one", "ben")
    with pytest.raises(WrongConfigurationPassword):
        open_sealed(file, "one one one")


def test_it_tells_without_a_password_what_it_is_and_nothing_of_what_is_in_it(file):
    found = manifest_of(file)
    assert (found.name, found.made_us, found.recorder, found.firmware) == ("Shop", ABOUT.made_us, "ab" * 8, "1.2.3")
    record = CHEAP.hash(PASSWORD)
    file = seal(ABOUT, [secret_of_record(record, "admin")], CONTENT)
    made = record.rpartition("$")[2]
    assert b"hunter2" not in file
    assert b"admin" not in file
    assert made.encode() not in file
    assert secret_of_record(record, "admin").made not in file


def test_a_name_that_would_change_a_screen_is_shown_without_it(file):
    odd = Manifest(made_us=1, name="Shop\x1b[2J\n" + "x" * 1000)
    assert manifest_of(seal(odd, [made_of()], b"{}")).name.startswith("Shop[2Jxx")
    assert len(manifest_of(seal(odd, [made_of()], b"{}")).name) <= 63


def test_any_byte_that_is_another_one_is_refused(file):
    for at in range(len(file)):
        changed = bytearray(file)
        changed[at] ^= 0x10
        with pytest.raises((NotAConfiguration, NewerConfiguration, WrongConfigurationPassword)):
            open_sealed(bytes(changed), PASSWORD)


def test_a_file_that_was_cut_is_refused_wherever(file):
    for size in range(0, len(file), 7):
        with pytest.raises((NotAConfiguration, WrongConfigurationPassword)):
            open_sealed(file[:size], PASSWORD)
    with pytest.raises(NotAConfiguration):
        open_sealed(file + b"x", PASSWORD)


def test_a_newer_one_says_that_it_is(file):
    with pytest.raises(NewerConfiguration, match="Update this one first"):
        manifest_of(file[:4] + struct.pack("<H", 2) + file[6:])


def forged(**changes):
    """A file with a head of somebody's choice."""
    good = seal(ABOUT, [made_of()], CONTENT)
    lock = manifest_of(good).locks[0]
    about = msgspec.to_builtins(msgspec.structs.replace(ABOUT, locks=(lock,)))
    about["locks"] = [{**about["locks"][0], **changes}]
    head = msgspec.json.encode(about)
    return struct.pack("<4sHHI", b"NJSC", 1, 0, len(head)) + head + bytes(100)


@pytest.mark.parametrize(
    "changes",
    [
        {"memory_kib": 1 << 30},
        {"memory_kib": 1},
        {"time": 1 << 20},
        {"time": 0},
        {"lanes": 255},
        {"lanes": -1},
        {"salt": ""},
        {"salt": "QUJD" * 1000},
        {"nonce": ""},
        {"wrapped": ""},
    ],
)
def test_a_foreign_head_makes_us_spend_nothing(changes):
    with pytest.raises(NotAConfiguration, match="locks are none of ours"):
        open_sealed(forged(**changes), PASSWORD)


def test_too_many_locks_none_and_too_large_a_file_or_head_are_refused():
    lock = manifest_of(seal(ABOUT, [made_of()], CONTENT)).locks[0]
    for locks in ((), (lock,) * 9):
        head = msgspec.json.encode(msgspec.structs.replace(ABOUT, locks=locks))
        with pytest.raises(NotAConfiguration):
            manifest_of(struct.pack("<4sHHI", b"NJSC", 1, 0, len(head)) + head + bytes(100))
    with pytest.raises(NotAConfiguration, match="too large"):
        manifest_of(b"NJSC" + bytes(LARGEST_FILE))
    with pytest.raises(NotAConfiguration, match="not whole"):
        manifest_of(struct.pack("<4sHHI", b"NJSC", 1, 0, 1 << 31) + bytes(1 << 17))
    for head in (b"", b"[" * 60_000, b"null", b'{"made_us": 1e400, "name": ""}', b"\xff\xfe"):
        with pytest.raises(NotAConfiguration):
            manifest_of(struct.pack("<4sHHI", b"NJSC", 1, 0, len(head)) + head + bytes(100))


def test_what_would_unpack_to_more_than_any_is_refused_before_it_is(monkeypatch):
    monkeypatch.setattr(sealed, "LARGEST_CONTENT", 100_000)
    with pytest.raises(NotAConfiguration, match="too large"):
        open_sealed(seal(ABOUT, [made_of()], bytes(1_000_000)), PASSWORD)


def test_what_is_no_packed_content_is_refused(monkeypatch):
    for packed in (b"", b"nothing packed", zlib.compress(CONTENT)[:-3]):
        monkeypatch.setattr(zlib, "compress", lambda _content, _level, packed=packed: packed)
        file = seal(ABOUT, [made_of()], CONTENT)
        with pytest.raises(NotAConfiguration):
            open_sealed(file, PASSWORD)


def test_records_of_another_kind_lock_nothing():
    for record in ("", "!", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + "A" * 43, "$2b$12$abc"):
        assert secret_of_record(record, "admin") is None


def test_the_sounds_that_a_file_has_room_for_never_make_it_one_that_nobody_takes():
    most = contents.Contents(voices={"s": os.urandom(MOST_VOICE_BYTES)})
    file = seal(ABOUT, [made_of()], contents.write(most))
    assert len(file) < LARGEST_FILE - (4 << 20), "the rest has room beside them"
    assert contents.read(open_sealed(file, PASSWORD)) == most
