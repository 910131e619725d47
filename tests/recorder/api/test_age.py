"""How far back a user sees, on every route that tells of recorded time (A10), and grants that end with the rights."""

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.grants import BadGrant, Verifier
from recorder.client.stream import StreamName
from recorder.client.unix_http import ApiError
from tests.recorder.api.test_every_route import GUARD, guard_with

DAY_US = 86_400 * SECOND_US
EVERYTHING = {"allowed": "all", "live": "all", "playback": "all", "backup": "all", "ptz": "all", "audio": "all"}


@pytest.fixture
def rig(served):
    served.set_up()
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    now = served.clock.now_us()
    old, new = now - 30 * DAY_US, now - DAY_US

    def note(kind, start):
        base = {"id": f"{start:032x}", "channel": 1, "stream": None, "start_us": start, "end_us": start + 1}
        more = {"kind": "lock", "expires_us": None, "reason": "x"} if kind == "holds" else {"words": "x"}
        return {**base, "made_us": 1, "owner": "x", **more}

    def read(one):
        op = one["op"]
        match op:
            case "holds" | "tags":
                found = [note(op, at) for at in (old, new) if one.get("note") in {"", f"{at:032x}"}]
            case "pictures":
                found = [{"at_us": at, "bytes": 1} for at in (old, new) if one["start_us"] <= at < one["end_us"]]
            case "motion":
                return [{"op": op, "moved": [], "analysed": []}]
            case "picture":
                return [{"op": "picture", "id": 1, "at_us": old, "jpeg": b"old"}]
            case _:
                found = []
        return [{"op": op, op: found}]

    served.reader = served.beside("reader", read)
    token = guard_with(served, **EVERYTHING)
    served.owner.set_page("user", {"newest_days": 7}, item="guard")
    served.mine = served.client("web", token)
    served.old, served.new, served.limit = old, new, now - 7 * DAY_US
    return served


def refused(act):
    with pytest.raises(ApiError) as found:
        act()
    return found.value.http_status


@pytest.mark.covers("V-USR-05")
def test_spans_gaps_and_pictures_begin_at_the_limit(rig):
    for ask, op in ((rig.mine.spans, "spans"), (rig.mine.gaps, "gaps")):
        ask(1, rig.old, rig.new)
        assert rig.reader.of(op)[-1]["start_us"] == rig.limit
        asked = len(rig.reader.of(op))
        assert ask(1, rig.old, rig.old + DAY_US) == []
        assert len(rig.reader.of(op)) == asked
    rig.mine.motion(1, rig.old, rig.new)
    assert rig.reader.of("motion")[-1]["start_us"] == rig.limit
    assert rig.mine.motion(1, rig.old, rig.old + DAY_US).analysed == ()
    assert [one.at_us for one in rig.mine.pictures(1, 0, rig.new + 1)] == [rig.new]
    assert [one.at_us for one in rig.owner.pictures(1, 0, rig.new + 1)] == [rig.old, rig.new]


def test_single_pictures_locks_tags_and_exports_from_before_do_not_exist(rig):
    mine = rig.mine
    for act in (
        lambda: mine.snapshot(1, at_us=rig.old),
        lambda: mine.snapshot(1, at_us=rig.old, stream=StreamName.PICTURE),
        lambda: mine.take_picture(1, rig.old),
        lambda: mine._call("GET", f"/channels/1/pictures/{rig.old}"),
        # The newest before this time is from before the limit.
        lambda: mine._call("GET", f"/channels/1/pictures/{rig.limit + 5}"),
        lambda: mine.add_hold(1, rig.old, rig.new, "x"),
        lambda: mine.release_hold(f"{rig.old:032x}", "x"),
        lambda: mine.rename_tag(f"{rig.old:032x}", "x"),
        lambda: mine.export([1], rig.old, rig.old + DAY_US),
    ):
        assert refused(act) == 404
    assert [one.start_us for one in mine.holds()] == [one.start_us for one in mine.tags()] == [rig.new]
    assert len(rig.owner.holds()) == 2


def test_exports_locks_and_tags_from_before_are_not_told_as_they_happen(rig):
    heard = rig.mine.events()
    assert next(heard).kind == "status"
    for start in (rig.old, rig.new):
        for kind in ("hold", "tag", "export"):
            told = {"channels": [1], "channel": 1, "start_us": start, "words": "x", "by": "guard"}
            rig.control.events.publish_soon(kind, told)
    found = []
    while not found or found[-1].kind != "export" or found[-1].data["start_us"] != rig.new:
        found += [event] if (event := next(heard)).kind in {"hold", "tag", "export"} else []
    assert [(one.kind, one.data["start_us"]) for one in found] == [
        (kind, rig.new) for kind in ("hold", "tag", "export")
    ]


def test_a_grant_reaches_no_further_back(rig):
    token = rig.mine.grant([1], start_us=0).token
    grant = Verifier(rig.instance, rig.clock).verify(token)
    assert grant.start_us == rig.limit
    with pytest.raises(BadGrant):
        grant.check_recorded(1, StreamName.MAIN, rig.old, rig.new)


@pytest.mark.parametrize(
    "less",
    [
        lambda owner: owner.set_page("user-group", {"playback": []}, item="guards"),
        lambda owner: owner.set_page("user", {"enabled": False}, item="guard"),
        lambda owner: owner.set_password("guard", "another one 1"),
        lambda owner: owner.remove_item("user", "guard"),
        lambda owner: owner.end_session(next(one.id for one in owner.online() if one.user == "guard")),
    ],
)
def test_what_was_granted_ends_when_somebody_may_less(served, less):
    served.set_up()
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    mine = served.client("web", guard_with(served, **EVERYTHING))
    verifier = Verifier(served.instance, served.clock)
    granted = mine.grant([1], start_us=0).token
    grant = verifier.verify(granted)
    less(served.owner)
    assert verifier.is_void(grant)
    with pytest.raises(BadGrant):
        verifier.verify(granted)
    fresh = served.owner.grant([1]).token
    assert not verifier.is_void(verifier.verify(fresh))


def test_a_grant_asks_for_the_rights_to_all_that_it_covers(served):
    served.set_up()
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    mine = served.client("web", guard_with(served, live="all"))
    mine.grant([1])
    assert refused(lambda: mine.grant([1], audio=True)) == 403
    assert refused(lambda: mine.grant([1], start_us=0)) == 403
    assert refused(lambda: mine.grant([1], live=False, start_us=0)) == 403
    recorded = served.client("web", guard_with(served, playback="all"))
    recorded.grant([1], live=False, start_us=0)
    assert refused(lambda: recorded.grant([1], start_us=0)) == 403
    assert recorded.log_in("guard", GUARD).may == ("playback",)
