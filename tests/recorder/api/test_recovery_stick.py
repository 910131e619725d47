"""The stick that lets back in: an administrator's password, at this screen, once, and everybody is told (A25)."""

import os

import pytest

from recorder.accounts.recovery_stick import LARGEST_FILE, NAME, StickKey
from recorder.client.answers import StickStatus
from recorder.client.api import ApiError
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.login_rules import LoginRules
from recorder.settings.pages.user import User
from recorder.settings.pages.user_group import ADMINISTRATORS
from recorder.settings.settings import Author
from tests.recorder.api.served import PASSWORD, Served

ME = Author("admin", "test")
NEW = "found it again"
GUARD = "eleven guards"
FILE = os.fsdecode(NAME)


class Ports:
    """The recorder's USB ports, as `Sticks` tells of them: a folder for each stick."""

    def __init__(self, place):
        self.place = place
        self.sticks = ()
        self.opened = []

    def push(self, label, port="USB1"):
        folder = self.place / label
        folder.mkdir(parents=True, exist_ok=True)
        self.sticks = (*self.sticks, StickStatus(port, label, str(folder), 8 << 30, 4 << 30))
        return folder

    def pull(self):
        self.sticks = ()

    def open_for_writing(self, named):
        self.opened.append(named)


def recorder(data):
    served = Served(data)
    served.ports = Ports(data.parent / "sticks")
    return served


def settle(served):
    """An administrator who is going to forget his password, another one, a guard, and one camera."""
    served.set_up()
    served.control.recovery_stick._sticks = served.ports
    settings = served.control.settings
    settings.change(Channel, {"url": "rtsp://10.0.0.7/a"}, ME, item="1")
    for name, group in (("guard", "user"), ("anna", ADMINISTRATORS)):
        settings.change(User, {"group": group}, ME, item=name)
        served.control.accounts.passwords.set_password(name, GUARD, ME, must_change=False)
    return served


@pytest.fixture
def house(tmp_path):
    with recorder(tmp_path / "house") as served:
        yield settle(served)


def refused(work):
    with pytest.raises(ApiError) as error:
        work()
    return error.value.code


def by_stick(client, user="admin", password=NEW):
    return lambda: client.recover(user, password, stick=True)


def make(house, label="KEYS"):
    """Give the folder of a stick that an administrator has made the recovery stick."""
    folder = house.ports.push(label)
    assert house.admin("screen").make_recovery_stick("USB1", PASSWORD).stick == label
    return folder


@pytest.mark.covers("D-MNT-14")
def test_who_pushes_the_stick_in_sets_an_administrators_password_and_nothing_else_changes(house):
    make(house)
    before = house.admin("screen")
    house.ports.pull()
    assert not house.screen.recovery_stick().fits
    assert refused(by_stick(house.screen)) == "StickNotIn"
    house.ports.push("KEYS")
    assert house.screen.recovery_stick().fits
    by_stick(house.screen)()
    with pytest.raises(ApiError):
        before.session()  # his sessions end
    assert refused(lambda: house.screen.log_in("admin", PASSWORD)) == "WrongLogin"
    found = house.screen.log_in("admin", NEW)
    assert [(one.user, one.way, one.source) for one in found.resets] == [("admin", "stick", "screen:screen")]
    for name in ("guard", "anna"):
        told = house.web.log_in(name, GUARD).resets
        assert [(one.user, one.way) for one in told] == [("admin", "stick")], "every user is told"
    assert house.control.settings.get(Channel, "1").url == "rtsp://10.0.0.7/a"
    words = [one.new for one in house.owner.audit()]
    assert '"set anew by recovery"' in words
    assert '"a recovery stick was made"' in words


def test_it_counts_once_and_a_refusal_does_not_use_it_up(house):
    make(house)
    for user in ("guard", "nobody", "", "../admin"):
        assert refused(by_stick(house.screen, user)) == "NoAdministrator"
    assert refused(by_stick(house.screen, password="short")) == "BadPassword"
    by_stick(house.screen, " Admin ")()
    assert not house.screen.recovery_stick().fits
    assert "was used" in house.screen.recovery_stick().words
    assert refused(by_stick(house.screen, "anna")) == "StickNotIn"


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


def test_over_the_network_nothing_comes_of_it(house):
    make(house)
    assert refused(by_stick(house.web)) == "NotFound"
    guard = house.web
    guard.log_in("guard", GUARD)
    assert refused(by_stick(guard)) == "NotFound"
    assert refused(guard.recovery_stick) == "NotFound"


@pytest.mark.covers("D-MNT-14")
def test_the_owner_may_have_no_stick_do_anything(house):
    make(house)
    house.control.settings.change(LoginRules, {"recovery_stick": False}, ME)
    assert "switched off" in house.screen.recovery_stick().words
    assert refused(by_stick(house.screen)) == "StickNotIn"
    house.control.settings.change(LoginRules, {"recovery_stick": True}, ME)
    by_stick(house.screen)()


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
