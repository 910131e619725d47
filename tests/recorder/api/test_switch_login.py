"""The password of a PoE switch over the API: sealed by the hardware service, and told to nobody."""

import json
import subprocess
import sys

import pytest

from recorder.client.unix_http import ApiError
from tests.recorder.api.served import wait_for

BOARD = """
id = "shop"
title = "A recorder beside a switch"

[[device]]
kind = "poe_supply"
name = "SWITCH"
driver = "snmp_switch"
host = "127.0.0.1"
udp_port = 9
ports = [1, 2]
budget = { watts = 60.0 }

[[device]]
kind = "poe_supply"
name = "PSE"
driver = "simulated"
budget = { watts = 60.0 }
"""
USER = {"user": "owner", "auth_key": "a long pass", "privacy_key": "another pass"}


@pytest.fixture
def keep(served, tmp_path):
    """The hardware service of a board with a switch in the network; gives where it keeps things."""
    place, keep = tmp_path / "boards" / "shop", tmp_path / "keep"
    place.mkdir(parents=True)
    (place / "board.toml").write_text(BOARD)
    words = ["--socket", served.instance.socket("hal"), "--boards", place.parent, "--board", "shop", "--keep", keep]
    command = [sys.executable, "-m", "hal", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        # Nothing answers there, and it is asked again after a while: what is said to it meanwhile does not wait.
        wait_for(lambda: any("No SNMP response" in one.reason for one in supplies(served)))
        yield keep
        process.terminate()


def supplies(served):
    try:
        return served.owner.poe()
    except ApiError:
        return []


@pytest.mark.covers("V-INT-07")
def test_the_password_of_a_switch_is_sealed_noted_without_it_and_read_back_by_nobody(served, keep):
    switch, ours = served.owner.poe()
    assert (switch.logs_in, ours.logs_in) == (True, False)
    assert "The driver for snmp_switch was never tried with the real thing. Written from RFC 3621" in switch.words
    assert switch.unproven_words in switch.words
    assert (ours.unproven, ours.unproven_words) == (False, "")
    answer = served.owner.log_in_at_switch("SWITCH", **USER)
    sealed = b"".join(one.read_bytes() for one in keep.rglob("*") if one.is_file())
    assert b"sealed" in sealed
    noted = next(one for one in served.control.settings.changes() if one.field == "switch_login")
    assert json.loads(noted.new) == "SWITCH: version 3, user owner"
    for secret in ("a long pass", "another pass"):
        assert secret.encode() not in sealed
        assert secret not in str(answer) + str(served.owner.devices()) + str(served.control.settings.changes())


@pytest.mark.parametrize(
    "login",
    [
        {},
        {"user": "owner", "community": "public"},
        {"user": "owner", "auth_key": "short"},
        {"user": "owner", "privacy_key": "another pass"},
        {"community": "x" * 129},
    ],
)
def test_a_login_that_cannot_be_is_refused_and_not_repeated(served, login):
    with pytest.raises(ApiError) as refused:
        served.owner.log_in_at_switch("SWITCH", **login)
    assert refused.value.http_status == 422
    assert "another pass" not in str(refused.value)


def test_only_who_keeps_the_system_logs_in_and_only_at_a_switch(served, keep):
    with pytest.raises(ApiError) as refused:
        served.screen.log_in_at_switch("SWITCH", community="public")
    assert refused.value.http_status == 403
    with pytest.raises(ApiError, match="PSE is part of the recorder"):
        served.owner.log_in_at_switch("PSE", community="public")
    with pytest.raises(ApiError, match="no PoE supply NONE"):
        served.owner.log_in_at_switch("NONE", community="public")
