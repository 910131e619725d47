"""The newest events go with a backup, and come back into the list of a recorder that was reinstalled (P-ADM-11)."""

import contextlib
import os
import sqlite3
import zlib
from dataclasses import replace

import msgspec
import pytest

from recorder.client.clock import ManualClock
from recorder.client.happened import AlarmState, Happened, Reaction, ReactionState
from recorder.events.alarms import Alarms, Deed
from recorder.events.carried import PASSED_OVER, NoEvents, bring_back, packed, unpacked
from recorder.events.sought import Sought
from recorder.events.store import EventStore

PLENTY = 1 << 20
AT_US = 1_796_000_000_000_000


def event(number, at_us=AT_US, **about):
    known = {"end_us": at_us + 1_000_000, "state": AlarmState.NEW, "group": number} | about
    words = f"Input IN1 rings, {number}."
    return Happened(
        number, "input-alarm", "Alarm input", "IN1", "", 0, at_us + number, known.pop("end_us"), "", words,
        2, armed=True, picture_us=None, detail={"name": "IN1", "level": 1.5}, **known,
    )  # fmt: skip


@contextlib.contextmanager
def listed(path):
    store = EventStore(path)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def shop(tmp_path):
    """A list that people have worked with."""
    with listed(tmp_path / "shop.db") as store:
        reaction = (2, Reaction("mail", ReactionState.DONE, AT_US + 5, "Sent.", 1))
        store.write([event(1), event(2), event(3, end_us=None, state=None, group=0)], [reaction])
        alarms = Alarms(store, ManualClock())
        alarms.handle(store.get(2), Deed("ada", AlarmState.CLOSED, pinned=True))
        alarms.comment(2, "ada", "It was the cat.")
        alarms.wish("ada", ("input-alarm",), None, None)
        yield store


def everything(store):
    return store.find(Sought(limit=1000))


def fresh(tmp_path, count=2):
    """The list of a recorder that was just installed, with other events under the first numbers."""
    path = tmp_path / "fresh.db"
    with listed(path) as store:
        own = [event(number, AT_US + 10**12, state=None, group=number) for number in range(1, count + 1)]
        store.write(own, [(1, Reaction("log", ReactionState.DONE, AT_US, "", 1))])
    return path


@pytest.mark.covers("P-ADM-11")
def test_events_come_back_as_they_were_with_all_that_people_did_with_them(shop, tmp_path):
    bring_back(tmp_path / "new.db", unpacked(packed(shop, PLENTY)))
    with listed(tmp_path / "new.db") as store:
        assert everything(store) == everything(shop)
        (pinned,) = [one for one in everything(store) if one.pinned]
        assert (pinned.id, pinned.handled_by, pinned.comments[0].words) == (2, "ada", "It was the cat.")
        assert [one.linkage for one in pinned.reactions] == ["mail"]
        assert [one.id for one in store.still_open()] == [3]
        assert store.next_id() == 3 + PASSED_OVER + 1, "no number returns of events that no backup saw"
        with store.reading() as db:
            assert db.execute("SELECT user FROM receiver").fetchall() == [("ada",)]


def test_the_few_events_since_the_reinstall_stay_behind_those_that_came_back(shop, tmp_path):
    path = fresh(tmp_path)
    bring_back(path, unpacked(packed(shop, PLENTY)))
    with listed(path) as store:
        found = everything(store)
        moved = 3 + PASSED_OVER
        assert [one.id for one in found] == [moved + 2, moved + 1, 3, 2, 1]
        assert found[2:] == everything(shop)
        assert [one.group for one in found[:2]] == [moved + 2, moved + 1]
        assert [one.linkage for one in found[1].reactions] == ["log"]
        with store.reading() as db:
            assert sorted(one for (one,) in db.execute("SELECT event FROM ended")) == [1, 2, moved + 1, moved + 2]
        assert store.next_id() > moved + 2


def test_brought_back_once_more_nothing_changes(shop, tmp_path):
    path, carried = fresh(tmp_path), unpacked(packed(shop, PLENTY))
    bring_back(path, carried)
    with listed(path) as store:
        before, following = everything(store), store.next_id()
    bring_back(path, carried)
    with listed(path) as store:
        assert (everything(store), store.next_id()) == (before, following)


def test_a_list_that_is_the_same_one_keeps_what_it_knows_and_gets_what_it_lacks(shop, tmp_path):
    carried = unpacked(packed(shop, PLENTY))
    Alarms(shop, ManualClock()).handle(shop.get(1), Deed("bob", AlarmState.FALSE))
    shop.write([replace(event(4), state=None)])
    with shop.writing() as db:
        db.execute("DELETE FROM event WHERE id = 2")
    bring_back(shop._path, carried)
    found = {one.id: one for one in everything(shop)}
    assert sorted(found) == [1, 2, 3, 4]
    assert (found[1].handled_by, found[2].handled_by) == ("bob", "ada")


def test_where_there_is_little_room_the_newest_go(tmp_path):
    with listed(tmp_path / "long.db") as store:
        store.write([event(number, end_us=AT_US + number * 7_919) for number in range(1, 3001)])
        few = packed(store, 8_000)
        assert 0 < len(few) <= 8_000
        ids = [one.id for one in unpacked(few).events]
        assert ids[0] == 3000
        assert ids == list(range(3000, 3000 - len(ids), -1))
        assert len(ids) > 100
        assert packed(store, 10) == b""


def test_a_row_that_no_backup_could_bring_back_is_left_out_and_holds_up_nothing(shop):
    with shop.writing() as db:
        db.execute("UPDATE event SET words = ? WHERE id = 1", ("x" * 100_000,))
    assert [one.id for one in unpacked(packed(shop, PLENTY)).events] == [3, 2]


def test_nothing_comes_of_a_list_without_events(tmp_path):
    with listed(tmp_path / "empty.db") as store:
        data = packed(store, PLENTY)
    path = fresh(tmp_path)
    bring_back(path, unpacked(data))
    with listed(path) as store:
        assert [one.id for one in everything(store)] == [2, 1]


GOOD = [7, "input-alarm", "t", "IN1", "", 0, 1, 2, "", "w", 1, True, None, {}, None, False, 0, "", None]


def changed(at, value):
    return [*GOOD[:at], value, *GOOD[at + 1 :]]


def bomb():
    """Made where it is tried: a third of a second, which each worker would spend to collect it."""
    return zlib.compress(b'{"events": []' + b" " * (64 << 20) + b"}", level=1)


HOSTILE = {
    "no zlib": os.urandom(100),
    "cut": zlib.compress(b'{"events": []}')[:-6],
    "no json": zlib.compress(b"events"),
    "a bomb": bomb,
    "a number of text": zlib.compress(msgspec.json.encode({"events": [changed(0, "7; DROP TABLE event")]})),
    "no number": zlib.compress(msgspec.json.encode({"events": [changed(0, 0)]})),
    "too large a number": zlib.compress(msgspec.json.encode({"events": [changed(0, 1 << 60)]})),
    "a state that none is": zlib.compress(msgspec.json.encode({"events": [changed(14, "gone")]})),
    "endless words": zlib.compress(msgspec.json.encode({"events": [changed(9, "x" * 10_000)]})),
    "too few columns": zlib.compress(msgspec.json.encode({"events": [GOOD[:-1]]})),
    "too many columns": zlib.compress(msgspec.json.encode({"events": [[*GOOD, 1]]})),
    "too many events": zlib.compress(msgspec.json.encode({"events": [GOOD] * 20_001})),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_list_of_events_is_refused_as_a_whole(what):
    found = HOSTILE[what]
    with pytest.raises(NoEvents):
        unpacked(found() if callable(found) else found)


def test_what_is_shown_of_an_event_is_made_printable_and_bounded_again(tmp_path):
    row = changed(9, "a\x1b[31m\nb")
    row[13] = {f"name {n}": "x" * 2000 for n in range(100)}
    twice = changed(9, "the same number once more")
    bring_back(tmp_path / "new.db", unpacked(zlib.compress(msgspec.json.encode({"events": [row, twice]}))))
    with listed(tmp_path / "new.db") as store:
        (found,) = everything(store)
    assert found.words == "a [31m b"
    assert len(found.detail) <= 24
    assert max(map(len, found.detail.values())) <= 300


def test_a_cut_in_the_middle_leaves_the_list_as_it_was(shop, tmp_path, monkeypatch):
    path, carried = fresh(tmp_path), unpacked(packed(shop, PLENTY))
    with listed(path) as store:
        before = everything(store)
    real, done = EventStore.writing, []

    @contextlib.contextmanager
    def cut(self):
        with real(self) as db:
            yield db
            done.append(db.execute("SELECT count(*) FROM event").fetchone()[0])
            raise sqlite3.OperationalError("the power is gone")

    monkeypatch.setattr(EventStore, "writing", cut)
    with pytest.raises(sqlite3.OperationalError):
        bring_back(path, carried)
    monkeypatch.undo()
    assert done == [5]
    with listed(path) as store:
        assert everything(store) == before
