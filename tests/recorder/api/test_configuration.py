"""The configuration as a whole over the API: only an administrator with his password, and what follows."""

import pytest

from recorder.client.answers.configuration import Extent
from recorder.client.api import ApiError
from recorder.configuration.reset import carry_out
from recorder.configuration.reset_flag import asked
from recorder.settings.pages.general import General
from recorder.settings.pages.user import User
from recorder.settings.pages.user_group import USERS
from recorder.settings.settings import Author
from tests.recorder.api.served import PASSWORD, Served, wait_for
from tests.recorder.api.test_every_route import GUARD


def left(served):
    """Have control say that it would start anew, as its process does."""
    told = []
    served.control.leave = lambda: told.append(True)
    return told


def flagged(served):
    return asked(served.instance.config)


@pytest.mark.covers("D-MNT-12")
@pytest.mark.parametrize("door", ["screen", "web"])
def test_an_administrator_resets_with_his_password_and_control_starts_anew_without_the_settings(tmp_path, door):
    with Served(tmp_path / "data") as served:
        admin = served.admin(door)
        served.control.settings.change(General, {"recorder_name": "Shop"}, Author("admin", "test"))
        told = left(served)
        with pytest.raises(ApiError, match="User or password is wrong"):
            admin.reset(Extent.SETTINGS, "not this one")
        assert flagged(served) is None
        admin.reset(Extent.SETTINGS, PASSWORD)
        wait_for(lambda: told)
        assert flagged(served) is Extent.SETTINGS
        rows = [(one.who, one.source.partition(":")[0], one.new) for one in served.owner.audit()]
        assert ("admin", door, '"a reset of all settings but users and network was asked for"') in rows
    carry_out(served.instance, served.registry, served.clock)
    with Served(tmp_path / "data") as again:
        assert again.owner.status().name == "Nightjar"
        again.client(door).log_in("admin", PASSWORD)


def test_nobody_else_resets(served):
    served.admin()
    told = left(served)
    with pytest.raises(ApiError, match="log in"):
        served.screen.reset(Extent.USERS, PASSWORD)
    with pytest.raises(ApiError, match="Log in"):
        served.web.reset(Extent.USERS, PASSWORD)
    served.control.settings.change(User, {"group": USERS}, Author("recorder", "test"), item="guard")
    served.owner.set_password("guard", GUARD, must_change=False)
    guard = served.web
    guard.log_in("guard", GUARD)
    with pytest.raises(ApiError):
        guard.reset(Extent.USERS, GUARD)
    assert flagged(served) is None
    assert not told


def test_the_command_line_resets_without_a_password(served):
    told = left(served)
    served.owner.reset(Extent.USERS)
    wait_for(lambda: told)
    assert flagged(served) is Extent.USERS


@pytest.mark.covers("D-MNT-13")
def test_everything_is_not_reset_where_the_machine_cannot_start_anew(served):
    told = left(served)
    with pytest.raises(ApiError):  # there is no hardware service
        served.owner.reset(Extent.EVERYTHING)
    assert flagged(served) is None
    assert not told
