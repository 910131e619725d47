"""Recovery over the API: codes from everywhere, answers before the recorder alone, and everybody is told."""

import pytest

from recorder.client.api import ApiError
from recorder.client.calls.carrier import ROOT
from tests.recorder.api.served import PASSWORD
from tests.recorder.api.test_entrance import call

NEW = "a new one for all"
ANSWERS = {"toy": "The Bear!", "dish": "liver & onions", "job": "Paper-Boy"}


def code_of(refused):
    return refused.value.code


@pytest.mark.covers("D-ACC-09")
def test_the_first_password_comes_with_codes_that_let_one_back_in_without_a_login(served):
    screen = served.screen
    codes = screen.set_up(PASSWORD).recovery_codes
    assert len(codes) == 10
    assert screen.session().recovery_codes == ()
    stranger = served.web
    with pytest.raises(ApiError) as refused:
        stranger.recover("admin", NEW, code="AAAA-AAAA-AAAA-AAAA")
    assert (code_of(refused), refused.value.http_status) == ("WrongRecovery", 403)
    stranger.recover("admin", NEW, code=codes[0])
    with pytest.raises(ApiError):
        screen.session()
    found = stranger.log_in("admin", NEW)
    assert [(one.user, one.way) for one in found.resets] == [("admin", "code")]
    stranger.see_resets(found.resets[-1].id)
    assert stranger.session().resets == ()


@pytest.mark.covers("D-ACC-08")
def test_answers_count_before_the_recorder_and_never_over_the_network(served):
    admin = served.admin()
    admin.set_questions(PASSWORD, ANSWERS)
    assert set(admin.credentials().questions) == set(ANSWERS)
    for client in (served.web, admin):
        with pytest.raises(ApiError) as refused:
            client.recover("admin", NEW, told=ANSWERS)
        assert code_of(refused) == "NotFound"
        with pytest.raises(ApiError):
            client.questions("admin")
    assert {one.name for one in served.screen.questions("admin")} == set(ANSWERS)
    served.screen.recover("admin", NEW, told=ANSWERS)
    assert served.screen.log_in("admin", NEW).user == "admin"


def test_new_codes_take_the_password(served):
    admin = served.admin()
    with pytest.raises(ApiError) as refused:
        admin.new_recovery_codes("not it at all")
    assert code_of(refused) == "WrongLogin"
    assert len(admin.new_recovery_codes(PASSWORD)) == 10
    assert admin.credentials().codes_left == 10


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"user": "admin", "password": NEW},
        {"user": "admin", "password": NEW, "code": "x" * 65},
        {"user": "admin", "password": "short", "code": "x"},
        {"user": "admin", "password": NEW, "answers": {str(each): "x" for each in range(50)}},
        {"user": "admin", "password": NEW, "answers": {"toy": 1}},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(served, body):
    served.set_up()
    status, _headers, told = call(served, "web", "POST", f"{ROOT}/recovery", body)
    assert status == 422
    assert told["words"]
