import errno
import os
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from recorder.client.clock import ManualClock
from recorder.client.grants import BadGrant, DamagedKey, Grant, Verifier, mint, private_key, verify
from recorder.client.instance import Instance
from recorder.client.stream import StreamName
from recorder.control.mint import Mint

CLOCK = ManualClock()
KEY = Ed25519PrivateKey.generate()
GRANT = Grant(
    channels=(1, 2),
    streams=(StreamName.MAIN,),
    audio=False,
    start_us=1000,
    end_us=2000,
    live=False,
    expires_us=CLOCK.wall_us + 60_000_000,
)
TOKEN = mint(GRANT, KEY)


@pytest.fixture
def instance(tmp_path):
    (tmp_path / "data").mkdir(mode=0o700)
    return Instance(tmp_path / "data")


def test_a_token_says_what_was_granted():
    assert verify(TOKEN, KEY.public_key(), CLOCK) == GRANT


@pytest.mark.parametrize("at", range(0, len(TOKEN), 7))
def test_a_token_that_was_changed_anywhere_is_refused(at):
    other = "A" if TOKEN[at] != "A" else "B"
    with pytest.raises(BadGrant):
        verify(TOKEN[:at] + other + TOKEN[at + 1 :], KEY.public_key(), CLOCK)


def test_a_token_of_another_recorder_is_refused():
    with pytest.raises(BadGrant):
        verify(mint(GRANT, Ed25519PrivateKey.generate()), KEY.public_key(), CLOCK)


def test_a_token_ends():
    with pytest.raises(BadGrant, match="expired"):
        verify(mint(replace(GRANT, expires_us=CLOCK.wall_us), KEY), KEY.public_key(), CLOCK)


@given(st.text(max_size=300))
def test_no_text_at_all_passes_for_a_token(text):
    with pytest.raises(BadGrant):
        verify(text, KEY.public_key(), CLOCK)


def test_a_huge_token_is_refused_unread():
    with pytest.raises(BadGrant, match="long"):
        verify("A" * 100_000, KEY.public_key(), CLOCK)


def test_what_is_not_in_the_grant_is_refused():
    GRANT.check_recorded(1, StreamName.MAIN, 1000, 2000)
    for channel, stream, start, end, audio in (
        (3, StreamName.MAIN, 1000, 2000, False),
        (1, StreamName.SUB, 1000, 2000, False),
        (1, StreamName.MAIN, 999, 2000, False),
        (1, StreamName.MAIN, 1000, 2001, False),
        (1, StreamName.MAIN, 1000, None, False),
        (1, StreamName.MAIN, 1000, 2000, True),
    ):
        with pytest.raises(BadGrant):
            GRANT.check_recorded(channel, stream, start, end, audio=audio)
    with pytest.raises(BadGrant):
        GRANT.check_live(1, StreamName.MAIN)
    live = replace(GRANT, live=True)
    live.check_live(1, StreamName.MAIN)
    with pytest.raises(BadGrant):
        live.check_live(1, StreamName.MAIN, audio=True)


def test_the_signing_key_is_secret_and_stays_the_same(instance):
    first = private_key(instance)
    assert private_key(instance).private_bytes_raw() == first.private_bytes_raw()
    assert (instance.config / "grant.key").stat().st_mode & 0o777 == 0o600
    assert Verifier(instance, CLOCK).verify(mint(GRANT, first)) == GRANT


def test_a_new_key_is_taken_without_a_restart(instance):
    verifier = Verifier(instance, CLOCK)
    with pytest.raises(BadGrant):
        verifier.verify(TOKEN)
    old = mint(GRANT, private_key(instance))
    assert verifier.verify(old) == GRANT
    (instance.config / "grant.key").unlink()
    new = mint(GRANT, private_key(instance))
    assert verifier.verify(new) == GRANT
    with pytest.raises(BadGrant):
        verifier.verify(old)


def test_a_damaged_key_is_told_and_never_replaced(instance):
    (instance.config / "grant.key").write_bytes(b"short")
    with pytest.raises(DamagedKey):
        private_key(instance)
    assert (instance.config / "grant.key").read_bytes() == b"short"


def test_what_is_made_void_is_so_on_a_full_disk_too_and_nothing_is_left_there(instance, monkeypatch):
    signs, verifier = Mint(instance), Verifier(instance, CLOCK)
    for _nth in range(9):
        signs.void()
    token = signs.sign(GRANT)
    assert verifier.verify(token).generation == 9
    before = {one.name for one in instance.config.iterdir()}
    sync, calls = os.fsync, []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    signs.void()
    with pytest.raises(BadGrant):
        verifier.verify(token)
    assert verifier.verify(signs.sign(GRANT)).generation == 10
    assert {one.name for one in instance.config.iterdir()} == before
