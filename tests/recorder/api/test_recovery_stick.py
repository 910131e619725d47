"""The recovery stick: what is on it, whom it lets in, what is none (A25; what the key shares: test_ways_back.py)."""

import os

import pytest

from recorder.accounts.recovery_stick import LARGEST_FILE, StickKey
from recorder.client.api import ApiError
from recorder.settings.pages.login_rules import LoginRules
from recorder.settings.pages.user import User
from tests.recorder.api.served import PASSWORD
from tests.recorder.api.ways_back import FILE, GUARD, ME, Stick, make, recorder, refused, settle

by_stick = Stick.back


@pytest.fixture
def house(tmp_path):
    with recorder(tmp_path / "house") as served:
        yield settle(served)


def test_it_counts_while_it_is_in_and_the_screen_says_why_another_does_not(house):
    make(house)
    house.ports.pull()
    assert not house.screen.recovery_stick().fits
    assert refused(by_stick(house.screen)) == "StickNotIn"
    house.ports.push("KEYS")
    by_stick(house.screen)()
    assert "was used" in house.screen.recovery_stick().words
    words = [one.new for one in house.owner.audit()]
    assert '"a recovery stick was made"' in words


def test_a_stick_that_was_made_before_the_newest_counts_no_more(house):
    old = make(house)
    house.ports.pull()
    make(house, "OTHER")
    assert "Made by admin" in house.owner.page("login-rules").values["stick_made"]
    house.ports.pull()
    house.ports.push(old.name)
    assert refused(by_stick(house.screen)) == "StickNotIn"
    house.ports.push("OTHER", "USB2")
    by_stick(house.screen)()
    assert house.owner.page("login-rules").values["stick_made"] == "None was made"


def test_it_opens_no_other_recorder_not_even_with_the_accounts_of_this_one(house, tmp_path):
    make(house)
    ours = house.control.accounts.recovery.stick._store.rows("recovery_stick")
    with recorder(tmp_path / "other" / "data") as other:
        settle(other)
        other.ports.sticks = house.ports.sticks
        assert "another recorder's" in other.screen.recovery_stick().words
        assert refused(by_stick(other.screen)) == "StickNotIn"
        other.control.accounts.recovery.stick._store.put("recovery_stick", ours[0])
        assert refused(by_stick(other.screen)) == "StickNotIn"


def test_nothing_that_is_kept_here_makes_a_stick(house):
    secret = StickKey.parse((make(house) / FILE).read_bytes()).secret
    for one in house.instance.config.rglob("*"):
        if one.is_file():
            assert secret.encode() not in one.read_bytes()
    assert secret not in str(house.owner.audit())


def test_its_number_alone_opens_nothing(house):
    file = make(house) / FILE
    file.write_bytes(StickKey(StickKey.parse(file.read_bytes()).stick, StickKey.fresh().secret).file)
    assert not house.screen.recovery_stick().fits
    assert refused(by_stick(house.screen)) == "StickNotIn"


def test_where_it_is_switched_off_the_screen_says_so(house):
    make(house)
    house.control.settings.change(LoginRules, {"recovery_stick": False}, ME)
    assert "switched off" in house.screen.recovery_stick().words
    assert refused(by_stick(house.screen)) == "StickNotIn", "also one that was made before"


def test_only_an_administrator_makes_one_with_his_password(house):
    folder = house.ports.push("KEYS")
    admin = house.admin("screen")
    assert refused(lambda: admin.make_recovery_stick("USB1", "wrong")) == "WrongLogin"
    assert refused(lambda: admin.make_recovery_stick("USB7", PASSWORD)) == "NotFound"
    house.owner.set_page("user-group", {"title": "Desk", "allowed": ["account"]}, item="desk")
    house.control.settings.change(User, {"group": "desk"}, ME, item="guard")
    guard = house.web
    guard.log_in("guard", GUARD)
    assert refused(lambda: guard.make_recovery_stick("USB1", GUARD)) == "Refused"
    assert refused(lambda: house.screen.make_recovery_stick("USB1", PASSWORD)) in {"NotLoggedIn", "Refused"}
    assert list(folder.iterdir()) == []
    assert house.ports.opened == []


def test_the_stick_goes_with_who_made_it(house):
    house.ports.push("KEYS")
    anna = house.screen
    anna.log_in("anna", GUARD)
    anna.make_recovery_stick("USB1", GUARD)
    house.control.settings.remove(User, "anna", ME)
    assert refused(by_stick(house.screen)) == "StickNotIn"


def test_a_stick_that_takes_nothing_leaves_the_one_before(house):
    make(house)
    full = house.ports.push("FULL", "USB2")
    (full / FILE / "in the way").mkdir(parents=True)
    with pytest.raises(ApiError, match="made before still counts"):
        house.admin("screen").make_recovery_stick("USB2", PASSWORD)
    assert [one.name for one in full.iterdir()] == [FILE], "nothing is left lying there"
    by_stick(house.screen)()


GOOD = StickKey.fresh()
HOSTILE = {
    "empty": b"",
    "a byte too many": GOOD.file + b"x",
    "two lines": GOOD.file * 2,
    "nul": GOOD.file.replace(b" ", b"\0"),
    "large letters": GOOD.file.upper(),
    "not ascii": "nightjar-recovery 1 ".encode("utf-16"),
    "digits of another script": GOOD.file[:20] + "\u0661".encode() * 8 + GOOD.file[36:],
    "noise": os.urandom(LARGEST_FILE),
    "far too large": GOOD.file + b" " * (64 << 20),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_is_none_of_ours_is_no_stick(house, what):
    assert StickKey.parse(HOSTILE[what]) is None
    make(house)
    house.ports.pull()
    (house.ports.push("EVIL") / FILE).write_bytes(HOSTILE[what])
    assert not house.screen.recovery_stick().fits
    assert refused(by_stick(house.screen)) == "StickNotIn"


def test_links_pipes_folders_and_broken_file_systems_are_no_stick_and_hold_nothing_up(house):
    good = make(house)
    house.ports.pull()
    (house.ports.push("LINK") / FILE).symlink_to(good / FILE)
    os.mkfifo(house.ports.push("PIPE") / FILE)
    (house.ports.push("FOLDER") / FILE).mkdir()
    os.mknod(house.ports.push("ZERO") / FILE, 0o020666, os.makedev(1, 5)) if os.geteuid() == 0 else None
    house.ports.push("GONE").rmdir()
    assert not house.screen.recovery_stick().fits
    assert refused(by_stick(house.screen)) == "StickNotIn"
    house.ports.push(good.name)
    by_stick(house.screen)()


def test_what_was_written_is_read_back_and_says_no_secret():
    assert StickKey.parse(GOOD.file) == GOOD
    assert StickKey.parse(GOOD.file.replace(b"\n", b"\r\n")) == GOOD, "as an editor of another system leaves it"
    assert GOOD.secret not in repr(GOOD)
