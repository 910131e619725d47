"""Codes of an authenticator that is not ours are taken once, in time, over the network, after the right password."""

import pyotp
import pytest

from recorder.accounts import totp
from recorder.accounts.caller import Door
from recorder.accounts.errors import CodeNeeded, LockedOut, WrongLogin, WrongSecond
from recorder.accounts.lockout import FREE_TRIES
from recorder.accounts.second_factors import BEGUN_S
from recorder.client.clock import SECOND_US
from tests.recorder.accounts.conftest import OWNER, PASSWORD, seated

RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_codes_are_those_of_the_rfc_and_of_another_authenticator():
    # RFC 6238 appendix B, its last six digits.
    told = {59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"}
    for at_s, code in told.items():
        assert totp.code_at(RFC, at_s // totp.STEP_S) == code
    for nth in range(50):
        secret = totp.new_secret()
        at_s = 1_700_000_000 + nth * 86_413
        assert totp.code_at(secret, at_s // totp.STEP_S) == pyotp.TOTP(secret).at(at_s)


def test_another_authenticator_reads_what_is_to_be_scanned():
    read = pyotp.parse_uri(totp.uri(RFC, "anna", "Gate & Yard: 1/2"))
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.digits, read.interval, read.issuer) == (RFC, 6, 30, "Gate & Yard  1/2")
    assert read.at(59) == "287082"


@pytest.fixture
def phone(anna, clock):
    """Anna's authenticator: gives its code, some steps away."""
    secret, _uri = anna.own.begin_second(seated(anna, "anna"), PASSWORD)
    authenticator = pyotp.TOTP(secret)

    def code(steps=0):
        return authenticator.at(clock.now_us() // SECOND_US + 30 * steps)

    anna.own.confirm_second(seated(anna, "anna"), code())
    clock.advance(120)
    return code


def over_the_network(accounts, code="", password=PASSWORD, source="10.0.0.1"):
    return accounts.logins.log_in("anna", password, Door.WEB, source, code)


def test_the_network_needs_it_and_the_recorder_itself_does_not(anna, phone):
    with pytest.raises(CodeNeeded):
        over_the_network(anna)
    over_the_network(anna, phone())
    for door in (Door.SCREEN, Door.OWNER):
        assert seated(anna, "anna", door)
    assert seated(anna, "admin", Door.WEB)


def test_a_code_counts_once_and_none_before_it_any_more(anna, phone, clock):
    before, now = phone(-1), phone()
    over_the_network(anna, now)
    for used in (now, before):
        with pytest.raises(WrongSecond):
            over_the_network(anna, used)
    clock.advance(30)
    over_the_network(anna, phone())


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_a_step(anna, phone, steps, counts):
    if counts:
        assert over_the_network(anna, phone(steps))
    else:
        with pytest.raises(WrongSecond):
            over_the_network(anna, phone(steps))


def test_a_wrong_password_is_told_before_any_code_and_codes_cannot_be_guessed(anna, phone):
    with pytest.raises(WrongLogin):
        over_the_network(anna, phone(), password="wrong")
    for nth in range(FREE_TRIES - 1):
        # The right password alone forgives nothing.
        with pytest.raises(CodeNeeded):
            over_the_network(anna)
        with pytest.raises(WrongSecond):
            over_the_network(anna, str(nth) * 6)
    with pytest.raises(LockedOut):
        over_the_network(anna, phone())
    assert seated(anna, "anna")


def test_a_one_time_code_stands_for_a_lost_phone(anna, phone):
    codes = anna.own.new_codes(seated(anna, "anna"), PASSWORD)
    over_the_network(anna, codes[0].lower())
    with pytest.raises(WrongSecond):
        over_the_network(anna, codes[0])
    anna.drop_second("anna", OWNER)
    over_the_network(anna)


def test_a_reset_password_leaves_the_second_factor(anna, phone):
    codes = anna.own.new_codes(seated(anna, "anna"), PASSWORD)
    anna.recovery.by_code("anna", codes[0], "a new one 123", Door.WEB, "10.0.0.1")
    with pytest.raises(CodeNeeded):
        over_the_network(anna, password="a new one 123")
    over_the_network(anna, phone(), password="a new one 123")


def test_it_counts_once_its_first_code_was_given_and_within_time(anna, clock):
    caller = seated(anna, "anna")
    secret, _uri = anna.own.begin_second(caller, PASSWORD)
    over_the_network(anna)
    with pytest.raises(WrongSecond):
        anna.own.confirm_second(caller, "000000")
    clock.advance(BEGUN_S + 1)
    with pytest.raises(WrongSecond):
        anna.own.confirm_second(caller, pyotp.TOTP(secret).at(clock.now_us() // SECOND_US))
    over_the_network(anna)
    with pytest.raises(WrongLogin):
        anna.own.begin_second(caller, "not it at all")


def test_its_user_takes_it_away_with_his_password(anna, phone):
    with pytest.raises(WrongLogin):
        anna.own.drop_second(seated(anna, "anna"), "not it at all")
    anna.own.drop_second(seated(anna, "anna"), PASSWORD)
    over_the_network(anna)


def test_the_secret_is_sealed(anna, instance, clock):
    secret, _uri = anna.own.begin_second(seated(anna, "anna"), PASSWORD)
    anna.own.confirm_second(seated(anna, "anna"), pyotp.TOTP(secret).at(clock.now_us() // SECOND_US))
    for path in instance.config.iterdir():
        assert secret.encode() not in path.read_bytes(), path.name


def test_a_used_code_stays_used_over_a_restart(anna, phone, open_accounts):
    code = phone()
    over_the_network(anna, code)
    with pytest.raises(WrongSecond):
        over_the_network(open_accounts(), code)
