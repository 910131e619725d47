"""The log over the API: changes, logins and events as one list; searched, paged, exported (D-MNT-01, P-LOG)."""

import csv
import io

import pytest

from recorder.client.unix_http import ApiError
from recorder.events.sources.machine_faults import DiskFault
from recorder.events.sources.security import IllegalLogin
from recorder.events.sources.tampering import VideoTampering
from tests.recorder.api.served import PASSWORD, Served, wait_for
from tests.recorder.api.test_every_route import guard_with

STEP_S = 1


def happened(served, *args, **about):
    served.loop.call_soon_threadsafe(lambda: served.control.desk.engine.happened(*args, **about))


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A recorder on which people changed things while things happened, a second between any two."""
    with Served(tmp_path_factory.mktemp("log") / "data") as served:
        yield made_busy(served)


def made_busy(served):
    admin = served.admin()
    for name in ("Gate", "Safe"):
        served.clock.advance(STEP_S)
        admin.add_channel(name=name, url="rtsp://u:geheim@10.0.0.7/main")
    for what, about in (
        ((DiskFault, "", "disk1"), {"words": "Disk 1 is slow."}),
        ((VideoTampering, "2"), {"words": "Covered at Safe", "channel": 2}),
        ((IllegalLogin, "", "10.9.8.7"), {"words": "Wrong passwords", "detail": {"user": "eve", "place": "10.9.8.7"}}),
    ):
        served.clock.advance(STEP_S)
        happened(served, *what, **about)
        wait_for(lambda words=about["words"]: [one for one in served.owner.happened().events if one.words == words])
    served.clock.advance(STEP_S)
    admin.set_page("general", {"recorder_name": "Barn"})
    # What begins with the recorder ends when all was done that follows.
    wait_for(lambda: min(served.owner.happened().events, key=lambda one: one.begin_us).end_us is not None)
    return served


def found(client, **wanted):
    return [(one.type, one.level, one.words) for one in client.log(limit=1000, **wanted).entries]


@pytest.mark.covers("D-MNT-01", "P-LOG-01")
def test_changes_logins_and_events_are_one_list_by_time(busy):
    entries = busy.owner.log(limit=1000).entries
    assert [one.at_us for one in entries] == sorted((one.at_us for one in entries), reverse=True)
    kinds = {one.type.value for one in entries}
    assert kinds >= {"system", "config", "storage", "account", "alarm"}
    assert len({one.id for one in entries}) == len(entries)
    renamed = next(one for one in entries if "Barn" in one.new)
    assert (renamed.title, renamed.who) == ("General", "admin")
    assert renamed.words.endswith("Barn")
    assert "geheim" not in repr(entries)
    assert PASSWORD not in repr(entries)


@pytest.mark.covers("P-LOG-04")
def test_it_is_searched_by_type_level_time_address_and_text(busy):
    owner = busy.owner
    assert found(owner, types="storage") == [("storage", "error", "Disk 1 is slow.")]
    assert {one[0] for one in found(owner, types="storage,alarm")} == {"storage", "alarm"}
    assert {one[1] for one in found(owner, level="warning")} == {"warning", "error"}
    assert ("alarm", "warning", "Covered at Safe") in found(owner)
    assert found(owner, address="9.8.7") == [("account", "warning", "Wrong passwords")]
    assert found(owner, who="EVE") == [("account", "warning", "Wrong passwords")]
    assert {one[2] for one in found(owner, text="at safe")} == {"Covered at Safe"}
    assert {one.title for one in owner.log(text="general").entries} == {"General"}  # as people read it
    assert found(owner, text="' OR 1=1 --") == found(owner, text="%") == []
    now = busy.clock.now_us()
    assert {one.at_us for one in owner.log(start=now).entries} == {now}
    assert not [one for one in owner.log(end=now).entries if one.at_us >= now]


def test_pages_join_without_a_gap_or_a_repetition(busy):
    whole = busy.owner.log(limit=1000)
    assert whole.before is None
    for size in (1, 2, 7):
        seen, before = [], None
        while True:
            page = busy.owner.log(limit=size, before=before)
            assert len(page.entries) <= size
            seen += page.entries
            before = page.before
            if before is None:
                break
        assert tuple(seen) == whole.entries
    for bad in ("5", "1-audit-", "1-x-2", "9" * 40 + "-audit-1", "1-audit-2 "):
        with pytest.raises(ApiError) as refused:
            busy.owner.log(before=bad)
        assert refused.value.http_status == 422


@pytest.mark.covers("P-LOG-02")
def test_what_was_sought_is_exported_the_oldest_first_and_that_is_noted(busy):
    busy.owner.change_channel(1, name="=cmd|'/c calc'!A1")
    into = io.BytesIO()
    busy.owner.export_log(into)
    rows = list(csv.DictReader(io.StringIO(into.getvalue().decode())))
    listed = [one.id for one in busy.owner.log(limit=1000).entries]
    assert [one["id"] for one in rows] == listed[::-1]
    assert not [cell for one in rows for cell in one.values() if cell.startswith(("=", "+", "@"))]
    assert b"geheim" not in into.getvalue()
    newest = busy.owner.log(limit=1, types="system", start=busy.clock.now_us()).entries[0]
    assert (newest.type, newest.words) == ("system", "Log: exported")
    some = io.BytesIO()
    busy.owner.export_log(some, types="storage")
    assert [one["text"] for one in csv.DictReader(io.StringIO(some.getvalue().decode()))] == ["Disk 1 is slow."]


@pytest.mark.covers("P-LOG-03")
def test_clearing_is_an_entry_of_its_own_and_what_happened_stays(served):
    served.admin().clear_audit()
    first = served.owner.log(types="clear").entries
    assert [(one.who, one.level.value) for one in first] == [("admin", "warning")]
    assert [one.id.split("-")[0] for one in served.owner.log(types="system,config,account").entries] == ["event"]


def test_nobody_reads_of_channels_or_alarms_that_are_not_his(busy):
    mine = busy.client("web", guard_with(busy, allowed=["log", "alarm"], live=[1]))
    assert [one for one in mine.log(limit=1000).entries if one.channel == 1]
    assert not [one for one in mine.log(limit=1000).entries if one.channel == 2]
    into = io.BytesIO()
    mine.export_log(into)
    assert b"Covered at Safe" not in into.getvalue()
    mine = busy.client("web", guard_with(busy, allowed=["log"], live="all"))
    assert {one.id.split("-")[0] for one in mine.log(limit=1000).entries} == {"audit"}
    mine = busy.client("web", guard_with(busy, allowed=["alarm"], live="all"))
    with pytest.raises(ApiError) as refused:
        mine.log()
    assert refused.value.http_status == 403


def test_the_chain_is_told_in_words(busy):
    assert busy.owner.check_audit().words.startswith("All ")


def test_only_an_administrator_sends_the_log_away_or_shortens_it(busy):
    mine = busy.client("web", guard_with(busy, allowed="all", live=[1]))
    for page, values in (("log-server", {"host": "10.6.6.6"}), ("log-keeping", {"keep_days": 7})):
        with pytest.raises(ApiError) as refused:
            mine.set_page(page, values)
        assert (refused.value.http_status, refused.value.code) == (403, "MoreThanOwn")
    assert busy.owner.log_server().words == "The log is sent nowhere."
