"""Recovery keys over the API: shown to those who may set up storage, never without a line in the audit."""

import logging

import pytest

from recorder.client.answers import RecoveryKey
from recorder.client.unix_http import ApiError
from recorder.settings.pages.pool import Pool
from recorder.store.key_ring import KeyRing, parse_recovery_key, recovery_key


def audit(served):
    return [(one.who, one.page, one.item) for one in served.control.settings.changes() if one.field == "recovery_key"]


def test_the_recovery_key_of_an_encrypted_pool_opens_what_the_pool_writes(served):
    admin = served.admin()
    admin.set_page("pool", {"encrypted": True}, item="2")
    shown = admin.recovery_key(2)
    assert parse_recovery_key(shown.key) == KeyRing(served.instance).writing(2).secret
    assert admin.recovery_key(2) == shown, "the key stays the same"
    assert len(KeyRing(served.instance).all()) == 1
    assert audit(served) == [("admin", "pool", "2")] * 2


def test_a_pool_that_is_encrypted_no_longer_still_shows_its_key(served):
    admin = served.admin()
    admin.set_page("pool", {"encrypted": True}, item="2")
    shown = admin.recovery_key(2)
    admin.set_page("pool", {"encrypted": False}, item="2")
    assert admin.recovery_key(2) == shown


@pytest.mark.parametrize(("pool", "code"), [(1, "NotEncrypted"), (0, "Invalid"), (10_000, "Invalid")])
def test_without_a_key_nothing_is_shown_and_none_is_made(served, pool, code):
    with pytest.raises(ApiError) as refused:
        served.admin().recovery_key(pool)
    assert refused.value.code == code
    assert KeyRing(served.instance).all() == []
    assert audit(served) == []


def test_a_screen_that_nobody_is_logged_in_at_shows_no_key(served):
    served.owner.set_page("pool", {"encrypted": True}, item="1")
    for client in (served.screen, served.web):
        with pytest.raises(ApiError) as refused:
            client.recovery_key(1)
        assert refused.value.code in {"Refused", "NotLoggedIn"}
    assert audit(served) == []


def test_a_recovery_key_reaches_neither_logs_nor_audit(served, caplog):
    caplog.set_level(logging.DEBUG)
    served.owner.set_page("pool", {"encrypted": True}, item="1")
    shown = served.owner.recovery_key(1)
    first = shown.key.split("-")[0]
    assert first not in caplog.text
    assert first not in repr(RecoveryKey(1, shown.key))
    assert first not in repr(served.control.settings.changes())
    assert served.control.settings.get(Pool, "1").encrypted


def test_a_key_that_is_entered_opens_footage_and_does_not_write(served):
    typed = recovery_key(bytes(range(32)))
    served.admin().enter_recovery_key(typed.lower().replace("-", " "))
    (kept,) = KeyRing(served.instance).all()
    assert KeyRing(served.instance).of(kept.number) == bytes(range(32))
    assert kept.pool is None
    assert audit(served) == [("admin", "pool", "")]
    assert typed[:4] not in repr(served.control.settings.changes())


@pytest.mark.parametrize("typed", ["", "0000-0000", "Ü" * 56, "0" * 201, recovery_key(bytes(32))[:-1] + "Z"])
def test_a_key_that_is_none_is_refused_and_nothing_is_kept(served, typed):
    with pytest.raises(ApiError) as refused:
        served.owner.enter_recovery_key(typed)
    assert refused.value.code in {"BadRecoveryKey", "Invalid"}
    assert KeyRing(served.instance).all() == []
    assert audit(served) == []


def test_nobody_enters_a_key_without_a_login(served):
    with pytest.raises(ApiError) as refused:
        served.screen.enter_recovery_key(recovery_key(bytes(32)))
    assert refused.value.code == "Refused"
    assert KeyRing(served.instance).all() == []
