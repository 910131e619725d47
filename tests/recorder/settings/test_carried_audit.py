"""The newest rows of the audit go with a backup, and come back with their chain unbroken (A12, P-ADM-11)."""

import contextlib
import json
import os
import sqlite3
import zlib
from hashlib import sha256

import msgspec
import pytest

from recorder.settings import carried_audit
from recorder.settings.audit import Change
from recorder.settings.carried_audit import NoAudit, bring_back, packed, unpacked
from recorder.settings.noting import Author
from recorder.settings.store import FILE, SettingsStore

PLENTY = 1 << 20
AT_US = 1_796_000_000_000_000
ANNA = Author("anna", "screen:screen")


def change(number, new="true"):
    return Change(AT_US + number, "anna", "10.0.0.9", "general", "", f"field {number}", "null", new)


@contextlib.contextmanager
def opened(place):
    place.mkdir(exist_ok=True)
    with contextlib.closing(SettingsStore(place / FILE)) as store:
        yield store


def rows(store):
    return list(store.walk())


def back(store, data, *, same=False):
    with store.transaction():
        bring_back(store, unpacked(data), ANNA, AT_US, same=same)


@pytest.fixture
def shop(tmp_path):
    """A recorder with a past, of which the first rows went."""
    with opened(tmp_path / "shop") as store:
        store.note([change(n) for n in range(1, 31)])
        with store.transaction():
            assert store.shorten_audit(AT_US + 11, 100, PLENTY) == 10
        yield store


@pytest.fixture
def fresh(tmp_path):
    """The recorder after its reinstall: nobody has looked after it yet."""
    with opened(tmp_path / "fresh") as store:
        store.note([change(n) for n in range(101, 104)])
        yield store


@pytest.mark.covers("P-ADM-11")
def test_the_rows_of_before_come_back_as_they_were_and_a_row_says_so(shop, fresh):
    meanwhile = rows(fresh)
    back(fresh, packed(shop, PLENTY))
    found = rows(fresh)
    assert found[:20] == rows(shop)
    assert (found[0].id, fresh.audit_begin()) == (11, shop.audit_begin())
    told = found[20]
    assert (told.who, told.source, told.at_us) == ("anna", "screen:screen", AT_US)
    assert "20 rows of the audit came back; 3 rows written since follow" in told.new
    assert meanwhile[-1].chain in told.new, "whoever wrote that chain down finds it"
    assert [(one.at_us, one.field) for one in found[21:]] == [(one.at_us, one.field) for one in meanwhile]
    checked = fresh.check()
    assert (checked.broken_at, checked.rows, checked.chain) == (None, 24, found[-1].chain)
    fresh.note([change(200)])
    assert fresh.check().broken_at is None, "it goes on"


def test_done_twice_it_changes_nothing_and_an_audit_that_goes_on_stays(shop, fresh):
    data = packed(shop, PLENTY)
    back(fresh, data)
    fresh.note([change(300)])
    for store in (fresh, shop):
        before = rows(store)
        back(store, data)
        assert rows(store) == before


def test_rows_that_their_owner_took_out_do_not_return_to_the_same_recorder(shop):
    data = packed(shop, PLENTY)
    shop.note([change(31)])
    with shop.transaction():
        shop.clear_audit()
    shop.note([change(32)])
    before = rows(shop)
    back(shop, data, same=True)
    assert rows(shop) == before


def test_an_audit_that_was_lost_comes_back_to_the_same_recorder(shop, fresh):
    back(fresh, packed(shop, PLENTY), same=True)
    assert rows(fresh)[:20] == rows(shop)


def test_a_recorder_with_a_long_past_of_its_own_keeps_it(shop, fresh, monkeypatch):
    monkeypatch.setattr(carried_audit, "MOST_ROWS", 3)
    data = packed(shop, PLENTY)
    fresh.note([change(104)])
    before = rows(fresh)
    back(fresh, data)
    assert rows(fresh)[:-1] == before
    assert "left out" in rows(fresh)[-1].new
    assert fresh.check().broken_at is None


def test_where_it_was_broken_it_comes_back_broken(shop, fresh, tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "shop" / FILE)) as db:
        db.execute("UPDATE change SET who = 'nobody' WHERE id = 15")
        db.execute("DELETE FROM change WHERE id = 22")
        db.commit()
    back(fresh, packed(shop, PLENTY))
    assert fresh.check().broken_at == shop.check().broken_at == 15
    assert rows(fresh)[:19] == rows(shop)


@pytest.mark.parametrize("room", [300, 500, 700, 900])
def test_in_little_room_the_newest_rows_are_carried_and_their_chain_holds(shop, fresh, room):
    shop.note([change(n, json.dumps(sha256(bytes([n])).hexdigest())) for n in range(31, 61)])
    data = packed(shop, room)
    assert 0 < len(data) <= room
    back(fresh, data)
    found = rows(fresh)
    came = [one for one in found if one.id <= rows(shop)[-1].id]
    assert 0 < len(came) < 50
    assert came == rows(shop)[-len(came) :]
    assert fresh.check().broken_at is None
    assert packed(shop, 10) == b""


def test_many_rows_and_large_ones_are_bounded_and_the_newest_go(shop, monkeypatch):
    monkeypatch.setattr(carried_audit, "AT_ONCE", 7)
    assert [one.id for one in unpacked(packed(shop, PLENTY)).rows] == list(range(11, 31))
    monkeypatch.setattr(carried_audit, "MOST_ROWS", 15)
    found = unpacked(packed(shop, PLENTY))
    assert [one.id for one in found.rows] == list(range(16, 31))
    assert found.rows == rows(shop)[-15:]
    shop.note([change(31, json.dumps("x" * carried_audit.LONGEST_VALUE)), change(32)])
    assert [one.id for one in unpacked(packed(shop, PLENTY)).rows] == [32]


def test_an_empty_audit_takes_no_room(tmp_path):
    with opened(tmp_path / "empty") as store:
        assert packed(store, PLENTY) == b""


GOOD = [1, "w", "s", "p", "i", "f", "o", "n"]


def zipped(begin, *some):
    return zlib.compress(msgspec.json.encode({"begin": begin, "rows": some}))


def bomb():
    """Made where it is tried: each worker would make it to collect the tests."""
    return zlib.compress(b'{"begin": [0, ""], "rows": []' + b" " * (32 << 20) + b"}", level=1)


HOSTILE = {
    "no zlib": os.urandom(100),
    "cut": zipped([0, ""], GOOD)[:-6],
    "no json": zlib.compress(b"rows"),
    "a bomb": bomb,
    "a time of text": zipped([0, ""], ["now", *GOOD[1:]]),
    "no number": zipped([-1, ""], GOOD),
    "too large a number": zipped([1 << 60, ""], GOOD),
    "a number that goes back": zipped([7, ""], [*GOOD, 7]),
    "a chain that is none": zipped([0, "x" * 64], GOOD),
    "a row's chain that is none": zipped([0, ""], [*GOOD, 1, "'; DROP TABLE change"]),
    "endless words": zipped([0, ""], [*GOOD[:-1], "x" * (1 << 20)]),
    "too few columns": zipped([0, ""], GOOD[:-1]),
    "too many columns": zipped([0, ""], [*GOOD, 1, "", 1]),
    "too many rows": zipped([0, ""], *[GOOD] * 20_001),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_audit_is_refused_as_a_whole(what):
    found = HOSTILE[what]
    assert unpacked(zipped([0, ""], GOOD)).rows
    with pytest.raises(NoAudit):
        unpacked(found() if callable(found) else found)
