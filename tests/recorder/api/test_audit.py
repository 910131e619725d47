"""The audit over the API: found, exported, checked, cleared, and not to be changed behind our back (P-LOG, case 40)."""

import csv
import io
import sqlite3

import pytest

from recorder.client.unix_http import ApiError
from recorder.settings.store import FILE
from tests.recorder.api.served import PASSWORD
from tests.recorder.api.test_every_route import guard_with


@pytest.fixture
def busy(served):
    """A recorder on which an administrator changed some things."""
    # The first change of a page notes all of its fields.
    served.owner.set_page("general", {"recorder_number": 9})
    admin = served.admin()
    admin.add_channel(name="Gate", url="rtsp://u:geheim@10.0.0.7/main")
    admin.set_page("general", {"recorder_name": "Barn"})
    served.owner.set_page("general", {"instant_playback_min": 7})
    return served


def found(client, **sought):
    return [(one.who, one.page, one.field, one.new) for one in client.audit(**sought)]


@pytest.mark.covers("P-LOG-01", "P-LOG-04")
def test_who_changed_what_from_where_is_found(busy):
    owner = busy.owner
    assert found(owner, page="general")[:2] == [
        ("owner", "general", "instant_playback_min", "7"),
        ("admin", "general", "recorder_name", '"Barn"'),
    ]
    assert found(owner, who="admin", text="barn") == [("admin", "general", "recorder_name", '"Barn"')]
    assert found(owner, text="' OR 1=1 --") == []
    assert found(owner, page="session")[0][:2] == ("admin", "session")
    first = owner.audit(page="general", limit=1)
    assert owner.audit(page="general", before=first[0].number)[0].field == "recorder_name"
    assert owner.audit(start=busy.clock.now_us() + 1) == []
    everything = repr(owner.audit(limit=1000))
    assert "geheim" not in everything
    assert PASSWORD not in everything


@pytest.mark.covers("P-LOG-02")
def test_all_of_it_is_exported_and_no_cell_is_a_formula(busy):
    busy.owner.change_channel(1, name="=cmd|'/c calc'!A1")
    busy.owner.set_page("general", {"recorder_name": "Yard"})
    into = io.BytesIO()
    busy.owner.export_audit(into)
    rows = list(csv.DictReader(io.StringIO(into.getvalue().decode())))
    assert [int(one["number"]) for one in rows] == list(range(1, len(rows) + 1))
    assert (rows[-1]["page"], rows[-1]["new"]) == ("log", '"audit exported"')
    assert not [cell for one in rows for name, cell in one.items() if cell.startswith(("=", "+", "@"))]


def test_a_row_that_was_changed_or_taken_out_is_found(busy):
    owner = busy.owner
    whole = owner.check_audit()
    assert whole.rows > 4
    assert whole.broken_at is None
    path = busy.instance.config / FILE
    for harm, broken in (
        ("UPDATE change SET who = 'nobody' WHERE id = 3", 3),
        ("DELETE FROM change WHERE id = 3", 4),
        ("UPDATE change SET chain = '' WHERE id <= 3", 4),
    ):
        with sqlite3.connect(path) as db:
            db.execute("CREATE TEMP TABLE kept AS SELECT * FROM change")
            db.execute(harm)
            db.commit()
            assert owner.check_audit().broken_at == broken
            db.execute("DELETE FROM change")
            db.execute("INSERT INTO change SELECT * FROM kept")
            db.commit()
    assert owner.check_audit() == whole


@pytest.mark.covers("P-LOG-03")
def test_clearing_is_itself_on_record_and_the_chain_goes_on(busy):
    before = busy.owner.check_audit()
    busy.admin().clear_audit()
    rows = busy.owner.audit()
    assert [(one.who, one.page) for one in rows] == [("admin", "audit")]
    assert f"{before.rows + 1} rows" in rows[0].new
    assert busy.owner.check_audit().broken_at is None
    assert rows[0].number == before.rows + 2


def test_no_route_changes_a_row_and_only_who_may_everything_clears(busy):
    token = guard_with(busy, allowed="all", live=[2])
    mine = busy.client("web", token)
    assert mine.audit(page="general")
    # Channel 1 does not exist for this user: not in the audit either.
    assert busy.owner.audit(page="channel")
    assert mine.audit(page="channel") == []
    into = io.BytesIO()
    mine.export_audit(into)
    assert b"rtsp://10.0.0.7" not in into.getvalue()
    with pytest.raises(ApiError) as refused:
        mine.clear_audit()
    assert refused.value.http_status == 403
    for method in ("PATCH", "POST", "PUT"):
        with pytest.raises(ApiError) as refused:
            busy.owner._call(method, "/audit", body={})
        assert refused.value.http_status == 405
