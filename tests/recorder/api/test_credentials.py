"""One's own credentials over the API, and what of them never works over the network."""

import cv2
import numpy as np
import pyotp
import pytest

from recorder.client.api import ApiError
from recorder.client.calls.carrier import ROOT
from recorder.client.clock import SECOND_US
from tests.recorder.api.served import PASSWORD
from tests.recorder.api.test_entrance import call


def code_of(refused):
    return refused.value.code


@pytest.mark.covers("D-ACC-07", "D-RULE-27")
def test_a_pattern_is_set_over_the_network_and_counts_at_the_screen_alone(served):
    admin = served.admin()
    admin.set_screen_lock(PASSWORD, "pattern", "14789")
    assert admin.credentials().screen_lock == "pattern"
    screen = served.screen
    assert screen.screen_lock("Admin") == "pattern"
    assert screen.log_in_at_screen("admin", "14789").user == "admin"
    for client in (admin, served.owner):
        with pytest.raises(ApiError) as refused:
            client.log_in_at_screen("admin", "14789")
        assert code_of(refused) == "NotFound"
        with pytest.raises(ApiError):
            client.screen_lock("admin")
    body = {"user": "admin", "secret": "14789"}
    assert call(served, "web", "POST", f"{ROOT}/sessions/screen", body)[0] == 401
    screen.remove_screen_lock(PASSWORD)
    assert served.screen.screen_lock("admin") == ""


def test_an_authenticator_scans_the_code_and_the_network_asks_for_it(served):
    admin = served.admin()
    begun = admin.begin_second_factor(PASSWORD)
    dots = np.array([[255 if dot == "0" else 0 for dot in row] for row in begun.rows], np.uint8)
    picture = np.kron(np.pad(dots, 4, constant_values=255), np.ones((8, 8), np.uint8))
    read, _corners, _straight = cv2.QRCodeDetector().detectAndDecode(picture)
    assert read == begun.uri
    phone = pyotp.parse_uri(read)
    admin.confirm_second_factor(phone.at(served.clock.now_us() // SECOND_US))
    assert admin.credentials().second_factor
    stranger = served.web
    with pytest.raises(ApiError) as refused:
        stranger.log_in("admin", PASSWORD)
    assert code_of(refused) == "CodeNeeded"
    served.clock.advance(30)
    assert stranger.log_in("admin", PASSWORD, phone.at(served.clock.now_us() // SECOND_US)).user == "admin"
    served.owner.drop_second_factor("admin")
    assert served.web.log_in("admin", PASSWORD).user == "admin"


def test_a_session_says_whether_the_name_goes_over_pictures_and_how_far_back_it_reaches(served):
    admin = served.admin()
    assert (admin.session().watermark, admin.session().since_us) == (False, 0)
    served.owner.set_page("user", {"group": "user", "watermark": True, "newest_days": 3}, item="anna")
    served.owner.set_password("anna", PASSWORD, must_change=False)
    found = served.web.log_in("anna", PASSWORD)
    assert found.watermark
    assert found.since_us == served.clock.now_us() - 3 * 86_400 * SECOND_US


@pytest.mark.covers("D-MNT-06")
def test_somebody_is_thrown_out_and_kept_out(served):
    keeper = served.admin("screen")
    guest = served.admin()
    session = next(one for one in keeper.online() if one.door == "web")
    keeper.end_session(session.id, block_min=10)
    with pytest.raises(ApiError) as refused:
        guest.log_in("admin", PASSWORD)
    assert code_of(refused) == "Blocked"
    blocked = keeper.blocks()
    assert [(one.user, one.left_s) for one in blocked] == [("admin", 600)]
    keeper.end_block("admin", blocked[0].source)
    assert guest.log_in("admin", PASSWORD).user == "admin"


def test_nobody_but_a_user_in_a_session_has_credentials(served):
    served.set_up()
    for client in (served.owner, served.screen):
        for ask in (
            client.credentials,
            lambda client=client: client.new_recovery_codes(PASSWORD),
            lambda client=client: client.set_screen_lock(PASSWORD, "pin", "481516"),
            lambda client=client: client.begin_second_factor(PASSWORD),
            lambda client=client: client.confirm_second_factor("123456"),
        ):
            with pytest.raises(ApiError) as refused:
                ask()
            assert code_of(refused) == "NotFound"
