"""Where the disk that the recorder keeps its settings on is full, that is said, and nothing is half-written."""

import errno
import os
import sqlite3

import pytest

from recorder.client import wire
from recorder.client.api import ApiError
from recorder.client.stream import StreamName
from recorder.restream.messages import SOCKET, Fetch
from tests.recorder.control.test_wav import wav


def refused(act):
    with pytest.raises(ApiError) as found:
        act()
    return found.value


def test_settings_that_find_no_room_are_refused_in_words_and_stay_as_they_were(served):
    owner = served.owner
    owner.set_page("general", {"recorder_name": "Harbour"})
    database = served.control.settings._store._db
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")
    named = 0
    try:
        # What is free within the file takes some.
        while True:
            owner.set_page("general", {"recorder_name": f"{named:063}"})
            named += 1
            assert named < 1000
    except ApiError as error:
        found = error
    assert (found.http_status, found.code) == (507, "NotStored")
    assert "There is no room left" in str(found)
    assert owner.page("general").values["recorder_name"] == (f"{named - 1:063}" if named else "Harbour")
    database.execute("PRAGMA max_page_count = 1000000")
    owner.set_page("general", {"recorder_name": "Quay"})
    assert owner.page("general").values["recorder_name"] == "Quay"


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "no room left"), (errno.EROFS, "nothing can be written"), (errno.EIO, "faulty")],
)
def test_a_folder_that_cannot_be_made_is_told_in_words(served, monkeypatch, number, words):
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")

    def full(_instance):
        raise OSError(number, "the system says so")

    monkeypatch.setattr("recorder.api.routes.exports.own_directory", full)
    found = refused(lambda: served.owner.export([1], 1_000, 2_000))
    assert (found.http_status, words in str(found)) == (507, True)


def test_a_sound_that_finds_no_room_leaves_nothing_that_takes_what_is_left(served, monkeypatch):
    served.owner.put_voice("gate", wav())
    folder = served.instance.config / "voices"
    before = {one.name: one.read_bytes() for one in folder.iterdir()}

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        for name in ("gate", "yard"):
            assert refused(lambda name=name: served.owner.put_voice(name, wav(bytes(4000)))).http_status == 507
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


def test_the_rtsp_server_has_an_answer_though_nothing_can_be_written_down(served, monkeypatch):
    def full(_ticket):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(served.control.accounts.stream_users, "fetcher", full)
    asked = wire.BlockingConnection(str(served.instance.socket(SOCKET)), 60)
    asked.send(Fetch(7, "ticket", 1, StreamName.MAIN))
    _kind, told = asked.receive()
    asked.socket.close()
    answer = wire.decode(told)
    assert (answer["op"], answer["id"], answer["words"]) == ("failed", 7, "Something went wrong.")


def test_what_is_no_fault_of_a_disk_stays_a_fault_of_ours(served, monkeypatch):
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")

    def broken(_instance):
        raise OSError(errno.EBADF, "a bug")

    monkeypatch.setattr("recorder.api.routes.exports.own_directory", broken)
    assert refused(lambda: served.owner.export([1], 1_000, 2_000)).http_status == 500
