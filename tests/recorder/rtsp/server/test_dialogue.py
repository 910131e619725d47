"""What the server answers, request by request, without a socket."""

import pytest

from recorder.client.clock import ManualClock
from recorder.rtsp import sdp
from recorder.rtsp.guard import Guard
from recorder.rtsp.message import Headers, Request
from recorder.rtsp.server.dialogue import Limits
from recorder.rtsp.server.numbering import Entry, Numbering
from recorder.rtsp.server.session import State
from tests.recorder.rtsp.server.fakes import AUDIO, URL, Caller, Source


def test_options_names_the_methods_without_a_login():
    guard = Guard("x", lambda _user: "secret", clock=ManualClock())
    answer = Caller(guard).ask("OPTIONS", "*")
    assert answer.status == 200
    assert "SET_PARAMETER" in answer.headers.get("Public")


def test_a_description_tells_codec_parameters_and_where_each_track_is():
    answer = Caller().ask("DESCRIBE", Accept="application/sdp")
    assert answer.headers.get("Content-Base") == f"{URL}/"
    video, audio = sdp.parse(answer.body).media
    assert video.rtp_maps[0].encoding == "H264"
    told = video.format_parameters(96)
    assert told["packetization-mode"] == "1"
    assert told["profile-level-id"] == "42C015"
    assert told["sprop-parameter-sets"].count(",") == 1
    assert audio.rtp_maps[0].encoding == "PCMA"
    assert (video.control, audio.control) == ("trackID=0", "trackID=1")


@pytest.mark.parametrize(
    ("entry", "told"), [(Entry(7, 9), ";seq=7;rtptime=9"), (Entry(7), ";seq=7"), (Entry(None), "")]
)
def test_where_shared_packets_begin_is_told_as_far_as_it_is_known(entry, told):
    caller = Caller()
    numbering = Numbering()
    numbering.joins_at = entry
    caller.source.numbering = lambda track: numbering
    session = caller.setup().headers.get("Session").partition(";")[0]
    assert caller.ask("PLAY", Session=session).headers.get("RTP-Info") == f"url={URL}/trackID=0{told}"


def test_a_session_is_set_up_played_paused_and_torn_down():
    caller = Caller()
    answer = caller.setup()
    assert "interleaved=0-1" in answer.headers.get("Transport")
    session, _, timeout = answer.headers.get("Session").partition(";")
    assert timeout == "timeout=60"
    assert caller.setup(1, "RTP/AVP/TCP;unicast;interleaved=2-3", Session=session).status == 200
    played = caller.ask("PLAY", Session=session)
    assert f"url={URL}/trackID=0;seq=" in played.headers.get("RTP-Info")
    assert caller.source.wanted == {0, 1}
    assert caller.ask("PAUSE", Session=session).status == 200
    assert caller.ask("PLAY", Session=session).status == 200
    assert len(caller.source.sinks) == 2
    assert caller.ask("TEARDOWN", Session=session).status == 200
    assert caller.ask("PLAY", Session=session).status == 454
    assert not caller.ward.sessions


@pytest.mark.parametrize("url", [f"{URL}?loss=0.1/trackID=1", f"{URL}/trackID=1?loss=0.1", f"{URL}/trackID=1"])
def test_a_track_is_found_wherever_players_put_it(url):
    caller = Caller()
    assert caller.ask("SETUP", url, Transport="RTP/AVP/TCP;interleaved=0-1").status == 200
    (session,) = caller.ward.sessions.values()
    assert list(session.senders) == [1]
    assert session.path == "cam1/main"


@pytest.mark.parametrize(
    ("method", "url", "headers", "status"),
    [
        ("DESCRIBE", "rtsp://recorder/cam9/main", {}, 404),
        ("DESCRIBE", "http://recorder/cam1/main", {}, 400),
        ("DESCRIBE", "rtsp:///", {}, 400),
        ("DESCRIBE", "rtsp://[::1/cam1/main", {}, 400),
        ("DESCRIBE", "rtsp://h:port/cam1/main", {}, 400),
        ("DESCRIBE", f"{URL}?{'&'.join('a=b' for _ in range(99))}", {}, 400),
        ("DESCRIBE", URL + "x" * 3000, {}, 400),
        ("DESCRIBE", URL, {"Accept": "text/html"}, 406),
        ("DESCRIBE", URL, {"Require": "onvif-replay"}, 551),
        ("ANNOUNCE", URL, {}, 405),
        ("RECORD", URL, {}, 405),
        ("BREW", URL, {}, 501),
        ("PLAY", URL, {}, 454),
        ("PLAY", URL, {"Session": "guess"}, 454),
        ("PAUSE", URL, {"Session": ""}, 454),
        ("TEARDOWN", URL, {"Session": "0"}, 454),
        ("GET_PARAMETER", URL, {"Session": "guess"}, 454),
        ("SETUP", URL, {"Transport": "RTP/AVP/TCP;interleaved=0-1"}, 459),
        ("SETUP", f"{URL}/trackID=7", {"Transport": "RTP/AVP/TCP;interleaved=0-1"}, 404),
        ("SETUP", f"{URL}/trackID=0", {}, 461),
        ("SETUP", f"{URL}/trackID=0", {"Transport": "RTP/AVP;multicast"}, 461),
        ("SETUP", f"{URL}/trackID=0", {"Transport": "RTP/AVP;unicast"}, 461),
        ("SETUP", f"{URL}/trackID=0", {"Transport": "RTP/AVP;unicast;client_port=0-1"}, 461),
        ("SETUP", f"{URL}/trackID=0", {"Transport": "RTP/AVP;unicast;client_port=70000-70001"}, 461),
        ("SETUP", f"{URL}/trackID=0", {"Transport": "RTP/AVP/TCP;interleaved=255-256"}, 461),
        ("SETUP", f"{URL}/trackID=0", {"Transport": "RTP/AVP/TCP;interleaved=4-4"}, 461),
        ("SETUP", f"{URL}/trackID=0", {"Transport": "RTP/AVP/TCP;interleaved=-1-0"}, 461),
        ("SETUP", f"{URL}/trackID=0", {"Transport": 'RTP/AVP/TCP;interleaved=0-1;mode="RECORD"'}, 461),
        ("SETUP", f"{URL}/trackID=0", {"Transport": "RTP/SAVP;unicast;client_port=5000-5001"}, 461),
        ("SETUP", "rtsp://recorder/cam9/main/trackID=0", {"Transport": "RTP/AVP/TCP;interleaved=0-1"}, 404),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_status_that_says_why(method, url, headers, status):
    caller = Caller()
    assert caller.ask(method, url, **headers).status == status
    assert not caller.ward.sessions


def test_a_request_without_a_number_is_refused():
    assert Caller().send(Request("DESCRIBE", URL, Headers())).status == 400


def test_the_first_transport_that_we_speak_is_chosen():
    answer = Caller().setup(0, "RTP/AVP;multicast,RTP/AVP;unicast;client_port=6000-6001,RTP/AVP/TCP;interleaved=0-1")
    assert "client_port=6000-6001;server_port=5000-5001" in answer.headers.get("Transport")


def test_nobody_but_the_client_itself_is_sent_packets():
    answer = Caller().setup(0, "RTP/AVP;unicast;destination=192.0.2.9;client_port=6000-6001")
    assert "destination" not in answer.headers.get("Transport")


def test_methods_in_the_wrong_state_are_refused():
    caller = Caller()
    session = caller.playing()
    assert caller.setup(1, "RTP/AVP/TCP;interleaved=2-3", Session=session.id).status == 455
    assert caller.ask("PAUSE", Session=session.id).status == 200
    assert caller.ask("PAUSE", Session=session.id).status == 455


def test_a_session_of_one_source_is_not_used_for_another():
    caller = Caller()
    session = caller.playing()
    assert caller.ask("PLAY", "rtsp://recorder/cam2/main", Session=session.id).status == 454
    setup = caller.ask("SETUP", "rtsp://recorder/cam2/main/trackID=0", Session=session.id, Transport="RTP/AVP/TCP")
    assert setup.status == 459


def test_one_track_alone_cannot_be_paused_when_there_are_two():
    caller = Caller()
    session = caller.setup().headers.get("Session").partition(";")[0]
    caller.setup(1, "RTP/AVP/TCP;interleaved=2-3", Session=session)
    assert caller.ask("PLAY", f"{URL}/trackID=0", Session=session).status == 460


def test_channels_of_another_track_are_not_given_away():
    caller = Caller()
    session = caller.setup().headers.get("Session").partition(";")[0]
    assert caller.setup(1, "RTP/AVP/TCP;interleaved=1-2", Session=session).status == 461
    assert caller.setup(1, "RTP/AVP/TCP", Session=session).status == 200


def test_a_packet_inside_the_connection_and_one_by_udp_do_not_mix():
    caller = Caller()
    session = caller.setup().headers.get("Session").partition(";")[0]
    assert caller.setup(1, "RTP/AVP;unicast;client_port=6000-6001", Session=session).status == 461


def test_a_source_with_one_track_needs_no_number():
    caller = Caller(source=Source((AUDIO,)))
    assert caller.ask("SETUP", URL, Transport="RTP/AVP/TCP;interleaved=0-1").status == 200


def test_parameters_we_do_not_know_are_said_to_be_unknown():
    caller = Caller()
    session = caller.playing()
    assert caller.ask("GET_PARAMETER", Session=session.id).status == 200
    assert caller.ask("SET_PARAMETER", Session=session.id, body=b"zoom: 9\r\n").status == 451


def test_more_sessions_than_the_server_bears_are_refused():
    caller = Caller(limits=Limits(sessions=1))
    caller.playing()
    assert caller.setup().status == 453


def test_a_silent_session_by_udp_is_closed_and_a_live_one_is_not():
    caller = Caller()
    answers = [caller.setup(0, f"RTP/AVP;unicast;client_port={port}-{port + 1}") for port in (6000, 7000)]
    silent, lively = (answer.headers.get("Session").partition(";")[0] for answer in answers)
    for session in (silent, lively):
        assert caller.ask("PLAY", Session=session).status == 200
    caller.clock.advance(40)
    assert caller.ask("GET_PARAMETER", Session=lively).status == 200
    caller.clock.advance(25)
    caller.ward.tick()
    assert list(caller.ward.sessions) == [lively]
    assert caller.link.outlets[0].closed
    assert not caller.link.outlets[1].closed


def test_a_receiver_report_keeps_a_session_alive():
    caller = Caller()
    session = caller.setup(0, "RTP/AVP;unicast;client_port=6000-6001").headers.get("Session").partition(";")[0]
    caller.clock.advance(50)
    caller.ward.sessions[session].hear([], caller.clock.monotonic_us())
    caller.clock.advance(50)
    caller.ward.tick()
    assert session in caller.ward.sessions


def test_a_session_inside_a_connection_lives_as_long_as_the_connection():
    caller = Caller()
    session = caller.playing()
    caller.clock.advance(500)
    caller.ward.tick()
    assert session.state is State.PLAYING


def test_a_guesser_of_passwords_is_hung_up_on():
    guard = Guard("x", lambda _user: "secret", clock=ManualClock(), basic=True)
    caller = Caller(guard)
    for _ in range(10):
        assert not caller.dialogue.hang_up
        assert caller.ask("DESCRIBE", Authorization="Basic YTpi").status == 401
    assert caller.dialogue.hang_up


def test_nothing_of_a_session_is_done_for_who_is_not_logged_in():
    guard = Guard("x", lambda _user: "secret", clock=ManualClock())
    caller = Caller(guard)
    for method in ("DESCRIBE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER", "SET_PARAMETER"):
        answer = caller.ask(method)
        assert answer.status == 401
        assert "Digest" in answer.headers.get("WWW-Authenticate")


def test_a_source_that_breaks_costs_its_request_only(caplog):
    class Broken(Source):
        async def describe(self):
            raise ZeroDivisionError

    caller = Caller(source=Broken())
    assert caller.ask("DESCRIBE").status == 500
    assert "ZeroDivisionError" in caplog.text
    assert caller.ask("OPTIONS").status == 200
