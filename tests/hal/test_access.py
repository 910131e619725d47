import logging
import os

import pytest

from hal.access import ROOT, Access, Peer
from hal.errors import Refused
from hal.kinds.relay import Relay
from hal.kinds.verbs import Verb, verbs_of

SWITCH = verbs_of(Relay)["switch"]
FORMAT = Verb("format", SWITCH.arguments, destructive=True, patience_s=5, gesture=False)
OTHER = Peer(pid=1, uid=os.getuid())
ALLOWED = {OTHER.user: frozenset({"relay.switch", "disk.*"})}


def access():
    return Access(ALLOWED, own_uid=-1)


def test_a_user_may_ask_what_the_list_allows():
    access().check(OTHER, "relay", "OUT1", SWITCH)
    access().check(OTHER, "disk", "1", FORMAT)


def test_what_the_list_does_not_allow_is_refused_and_written_down(caplog):
    with pytest.raises(Refused, match="may not ask poe_supply PSE to switch"):
        access().check(OTHER, "poe_supply", "PSE", SWITCH)
    assert "refused: poe_supply PSE switch" in caplog.text


def test_a_destructive_request_is_written_down_with_who_asked(caplog):
    caplog.set_level(logging.WARNING, "hal.audit")
    access().check(Peer(77, OTHER.uid), "disk", "bay 1", FORMAT)
    assert f"asked: disk bay 1 format by {OTHER.user} (pid 77)" in caplog.text


def test_a_user_without_a_name_has_no_rights():
    with pytest.raises(Refused):
        access().check(Peer(1, 4_000_000), "relay", "OUT1", SWITCH)


def test_root_may_look_and_asks_for_nothing_that_is_not_on_the_list():
    listed = Access({}, own_uid=-1)
    listed.require_known(Peer(1, ROOT))
    with pytest.raises(Refused):
        listed.require_known(Peer(1, 4_000_000))
    with pytest.raises(Refused):
        listed.check(Peer(1, ROOT), "relay", "OUT1", SWITCH)


def test_on_a_laptop_the_one_user_may_do_everything():
    Access({}).check(OTHER, "disk", "1", FORMAT)
