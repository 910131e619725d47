"""An export is its user's own: for others it does not exist, and administrators see all (A26)."""

import io

import pytest

from recorder.client.answers import JobState
from recorder.client.api import ApiError
from tests.recorder.api.test_every_route import guard_with
from tests.recorder.api.test_export_sound import export, rig  # noqa: F401
from tests.recorder.api.test_routes import over

ALL = dict.fromkeys(("live", "playback", "backup", "audio"), "all")


@pytest.fixture
def two(rig):  # noqa: F811
    """A recorder, a guard who may export everything, and another one of his group."""
    guard = rig.client("web", guard_with(rig, **ALL))
    rig.owner.set_page("user", {"group": "guards"}, item="other")
    rig.owner.set_password("other", "another guard 1", must_change=False)
    other = rig.client("web")
    other.log_in("other", "another guard 1")
    return rig, guard, other


@pytest.mark.covers("D-ACC-01")
def test_nobody_sees_fetches_or_ends_an_export_of_somebody_else(two):
    rig, guard, other = two  # noqa: F811
    theirs = export(rig, guard)
    mine = export(rig, other)
    assert [one.id for one in guard.exports()] == [theirs.id]
    assert [one.by for one in other.exports()] == ["other"]
    for act in (
        lambda: other.export_job(theirs.id),
        lambda: other.cancel_export(theirs.id),
        lambda: other.download_export(theirs.id, io.BytesIO(), "gate.mp4"),
    ):
        with pytest.raises(ApiError) as refused:
            act()
        assert refused.value.http_status == 404
    assert over(guard, theirs.id).state is JobState.DONE
    for administrator in (rig.owner, rig.admin()):
        assert [one.id for one in administrator.exports()] == [theirs.id, mine.id]
    rig.admin().cancel_export(theirs.id)
    assert guard.exports() == []


def test_nobody_is_told_how_far_an_export_of_somebody_else_is(two):
    rig, guard, other = two  # noqa: F811
    heard = other.events()
    assert next(heard).kind == "status"
    export(rig, guard)
    mine = export(rig, other)
    told = []
    while not told or told[-1] != (mine.id, "done"):
        told += [(event.data["id"], event.data["state"])] if (event := next(heard)).kind == "export" else []
    assert {one for one, _state in told} == {mine.id}
