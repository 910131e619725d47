"""What is open, weak, left as it came or sent in clear is told to administrators, each with where it is mended."""

import os
import socket

import msgspec
import pytest

from recorder.client.answers import ProcessInfo
from recorder.client.tone import Tone
from recorder.client.unix_http import ApiError
from recorder.control.security_desk import listening
from recorder.settings.scope import PER_CHANNEL, Permission
from tests.recorder.api.served import PASSWORD, Served
from tests.recorder.api.test_every_route import guard_with

STRONG = "Xylophon 7 am Dienstag!"


def cards(client):
    return {one.name: one for one in client.security().cards}


def alone(instance):
    """As if it had no process that listens; what else runs on this machine is none of its."""
    (instance.run / "processes.json").write_bytes(msgspec.json.encode({"media": ProcessInfo(1 << 22, 0)}))


@pytest.fixture(scope="module")
def careful(tmp_path_factory):
    """A recorder whose owner left nothing open."""
    with Served(tmp_path_factory.mktemp("security") / "data") as served:
        served.control.accounts.first_run.make_administrator(STRONG)
        alone(served.instance)
        for number in (1, 2):
            url = f"rtsps://10.0.0.{number}/main"
            served.owner.add_channel(name=f"Camera {number}", url=url, user="nightjar", password=STRONG)
        yield served


@pytest.mark.covers("D-SEC-01")
def test_who_left_nothing_open_is_warned_of_the_second_factor_alone(careful):
    found = careful.owner.security()
    assert [one.name for one in found.cards if one.tone.trouble] == ["second-factor"]
    assert found.words == "Somebody should look at: Second factor."
    card = found.cards[0]
    assert (card.words, card.opens, card.item) == (
        "1 user of 1 comes in over the network with a password alone: admin.",
        "user",
        "admin",
    )
    mine = careful.client("web")
    mine.log_in("admin", STRONG)
    assert cards(mine)["second-factor"].opens == "account"


@pytest.mark.covers("D-SEC-01")
@pytest.mark.parametrize(
    ("card", "page", "values", "where", "opens", "words"),
    [
        ("ways", "mail", {"host": "mail.example", "security": "none"}, {}, ("mail", ""), "E-mail"),
        ("ways", "mqtt", {"host": "broker.example"}, {}, ("mqtt", ""), "MQTT"),
        ("ways", "log-server", {"host": "log.example", "tls": False}, {}, ("log-server", ""), "Log server"),
        ("ways", "snmp", {"host": "nms.example", "version": "2c", "community": "public"}, {}, ("snmp", ""), "SNMP"),
        (
            "ways",
            "video-loss",
            {"webhook": True, "webhook_url": "http://10.0.0.5/hook"},
            {"channel": 2},
            ("video-loss", "2"),
            "Video loss",
        ),
        (
            "ways",
            "mail",
            {"host": "mail.example", "check_certificate": False},
            {},
            ("mail", ""),
            "E-mail, whatever its certificate",
        ),
        ("screen", "general", {"idle_logout_min": 0}, {}, ("general", ""), "stays logged in"),
        ("cameras", "channel", {"url": "rtsp://10.0.0.2/main"}, {"channel": 2}, ("cameras", ""), "Camera 2"),
        (
            "camera-logins",
            "channel",
            {"user": "admin", "password": "12345"},
            {"channel": 2},
            ("channel", "2"),
            "came with: Camera 2",
        ),
        ("camera-logins", "channel", {"user": "", "password": ""}, {"channel": 2}, ("channel", "2"), "any password"),
    ],
)
def test_each_weakness_is_told_with_where_it_is_mended_and_gone_when_it_is(
    careful, card, page, values, where, opens, words
):
    owner = careful.owner
    before = {name: owner.page(page, **where).values[name] for name in values}
    if page == "channel" and "password" in values:
        before["password"] = STRONG
    assert not cards(owner)[card].tone.trouble
    owner.set_page(page, values, **where)
    try:
        found = cards(owner)[card]
        assert found.tone is Tone.WARNING
        assert (found.opens, found.item) == opens
        assert words in found.words
    finally:
        owner.set_page(page, before, **where)
    assert not cards(owner)[card].tone.trouble


@pytest.mark.covers("D-SEC-01")
def test_no_warning_is_given_of_what_the_owner_puts_up_with(careful):
    careful.owner.set_page("security-advice", {"warn_second_factor": False})
    try:
        found = careful.owner.security()
        card = next(one for one in found.cards if one.name == "second-factor")
        assert (card.accepted, card.tone, found.tone) == (True, Tone.QUIET, Tone.GOOD)
    finally:
        careful.owner.set_page("security-advice", {"warn_second_factor": True})


@pytest.mark.covers("D-SEC-01", "D-ACC-11")
def test_a_password_that_is_easy_to_guess_is_told_until_another_is_set(careful):
    owner = careful.owner
    owner.set_page("user", {"group": "admin"}, item="bob")
    owner.set_password("bob", "bob12345", must_change=False)
    assert cards(owner)["passwords"].words == "Easy to guess: those of bob."
    owner.set_password("bob", STRONG)
    assert cards(owner)["passwords"].words == "Still as somebody else chose it: bob."
    assert cards(owner)["passwords"].item == "bob"
    owner.set_password("bob", STRONG, must_change=False)
    assert not cards(owner)["passwords"].tone.trouble
    owner.remove_item("user", "bob")


@pytest.mark.covers("D-SEC-01")
def test_a_weak_password_of_an_rtsp_user_is_told_too(careful):
    careful.owner.set_page("stream-user", {"password": "12345678"}, item="wall")
    found = cards(careful.owner)["passwords"]
    assert (found.words, found.opens, found.item) == ("Easy to guess, of RTSP users: wall.", "stream-user", "wall")
    careful.owner.set_page("stream-user", {"password": STRONG}, item="wall")
    assert not cards(careful.owner)["passwords"].tone.trouble
    careful.owner.remove_item("stream-user", "wall")


@pytest.mark.covers("D-SEC-01")
def test_last_logins_and_who_must_wait_are_told(careful):
    mine = careful.client("web")
    mine.log_in("admin", STRONG)
    assert "admin 20" in cards(careful.owner)["logins"].words
    for _ in range(6):
        with pytest.raises(ApiError):
            careful.client("web").log_in("nobody", PASSWORD)
    found = cards(careful.owner)
    assert "nobody from" in found["lock-outs"].words
    assert (found["lock-outs"].tone, found["lock-outs"].opens) == (Tone.WARNING, "online")
    assert "5 were refused within a day" in found["logins"].words
    ((user, source),) = [(one.user, one.source) for one in careful.owner.blocks() if one.tries]
    assert user == "nobody"
    keeper = careful.client("web", guard_with(careful, allowed=["account"]))
    with pytest.raises(ApiError) as refused:
        keeper.end_block(user, source)
    assert refused.value.http_status == 403
    careful.owner.end_block(user, source)
    assert not cards(careful.owner)["lock-outs"].tone.trouble
    assert "nobody" not in "".join(one.item for one in careful.owner.audit(page="user"))
    with pytest.raises(ApiError) as again:
        careful.client("web").log_in("nobody", PASSWORD)
    assert again.value.code == "WrongLogin"
    with pytest.raises(ApiError) as gone:
        careful.owner.end_block(user, source)
    assert gone.value.http_status == 404


@pytest.mark.covers("D-SEC-01")
def test_what_takes_connections_from_other_machines_is_told_as_the_kernel_has_it(careful):
    with socket.create_server(("0.0.0.0", 0)) as there, socket.create_server(("127.0.0.1", 0)) as here:
        told = {"rtsp": ProcessInfo(os.getpid(), 0), "gone": ProcessInfo(1 << 22, 0)}
        found = {one.port: one for one in listening(told)}
        port = there.getsockname()[1]
        assert not found[port].encrypted
        assert here.getsockname()[1] not in found
        everything = {one.port: one for one in listening({}, port)}
        assert (everything[port].process, everything[port].encrypted) == ("web", True)
        assert here.getsockname()[1] not in everything
        (careful.instance.run / "processes.json").write_bytes(msgspec.json.encode(told))
        card = cards(careful.owner)["listening"]
        assert card.tone is Tone.WARNING
        assert f"rtsp at port {port}" in card.words
        assert card.opens == "restreaming"
        careful.owner.set_page("restreaming", {"tls_port": port})
        assert not cards(careful.owner)["listening"].tone.trouble
        careful.owner.set_page("restreaming", {"tls_port": 0})
    alone(careful.instance)
    assert not cards(careful.owner)["listening"].tone.trouble


def test_only_who_may_everything_is_told_what_to_attack(careful):
    areas = [one.value for one in Permission if one not in PER_CHANNEL and one is not Permission.LOG]
    token = guard_with(careful, **{"allowed": areas, **{one.value: "all" for one in PER_CHANNEL}})
    with pytest.raises(ApiError) as refused:
        careful.client("web", token).security()
    assert refused.value.http_status == 403


@pytest.mark.covers("D-SEC-01", "D-ACC-11")
def test_a_password_from_before_the_advice_is_judged_when_its_user_logs_in(careful):
    owner, store = careful.owner, careful.control.accounts._store
    owner.set_page("user", {"group": "admin"}, item="eve")
    owner.set_password("eve", "12345678", must_change=False)
    store.judge(store.credential("eve"), weak=False)
    assert not cards(owner)["passwords"].tone.trouble
    careful.screen.log_in("eve", "12345678")
    assert cards(owner)["passwords"].words == "Easy to guess: those of eve."
    owner.remove_item("user", "eve")
