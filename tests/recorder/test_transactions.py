"""What each list on the recorder's own disk promises: a change that fails leaves it as it was, the next one works."""

import sqlite3
from contextlib import closing

import pytest

from recorder.accounts.store import AccountStore
from recorder.events.store import EventStore
from recorder.settings.store import SettingsStore
from recorder.store import index

OPENED = {
    "accounts": (AccountStore, AccountStore.transaction),
    "events": (EventStore, EventStore.writing),
    "settings": (SettingsStore, SettingsStore.transaction),
}


@pytest.fixture(params=[*OPENED, "index"])
def changing(request, tmp_path):
    """The connection of a store, and what begins a change of it."""
    if request.param == "index":
        with closing(sqlite3.connect(tmp_path / "one.db", isolation_level=None)) as db:
            yield db, lambda: index.transaction(db)
        return
    made, change = OPENED[request.param]
    with closing(made(tmp_path / "one.db")) as store:
        yield store._db, lambda: change(store)


@pytest.fixture
def table(changing):
    db, _change = changing
    db.executescript("""
        PRAGMA foreign_keys = ON;
        CREATE TABLE thing (id INTEGER PRIMARY KEY, body BLOB);
        CREATE TABLE part (of INTEGER REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED);
    """)
    return lambda: [number for (number,) in db.execute("SELECT id FROM thing ORDER BY id")]


def changed(change, work):
    with change():
        work()


def goes_on(changing, table):
    """Whether the next change is durable: another connection sees it."""
    db, change = changing
    changed(change, lambda: db.execute("INSERT INTO thing (id) VALUES (9)"))
    with closing(sqlite3.connect(db.execute("PRAGMA database_list").fetchone()[2])) as other:
        return [number for (number,) in other.execute("SELECT id FROM thing ORDER BY id")] == table() == [9]


def test_a_change_that_cannot_be_committed_leaves_nothing_behind_and_the_next_one_is_durable(changing, table):
    db, change = changing

    def part_of_nothing():
        db.execute("INSERT INTO thing (id) VALUES (1)")
        db.execute("INSERT INTO part VALUES (7)")  # told when it is committed

    with pytest.raises(sqlite3.IntegrityError):
        changed(change, part_of_nothing)
    assert table() == []
    assert goes_on(changing, table)


def test_a_change_that_the_database_gave_up_by_itself_is_told_for_what_it_was(changing, table):
    db, change = changing
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + 1}")
    db.execute("PRAGMA cache_size = 1")

    def much():
        for number in range(100):
            db.execute("INSERT INTO thing VALUES (?, zeroblob(100000))", (number,))

    with pytest.raises(sqlite3.OperationalError, match="full"):
        changed(change, much)
    assert not db.in_transaction
    assert table() == []
    db.execute(f"PRAGMA max_page_count = {pages + 100}")
    assert goes_on(changing, table)


def test_whatever_ends_a_change_early_takes_all_of_it_back(changing, table):
    db, change = changing

    def cut_short():
        db.execute("INSERT INTO thing (id) VALUES (1)")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        changed(change, cut_short)
    assert table() == []
    assert goes_on(changing, table)
