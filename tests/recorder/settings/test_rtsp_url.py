"""Addresses of cameras are typed by people and pasted from anywhere."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.settings.errors import BadSetting, NotAllowed
from recorder.settings.pages.channel import Channel
from recorder.settings.rtsp_url import rtsp_url, take_login_out


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://10.0.0.7/",
        "rtsp://cam:8554/Streaming/Channels/101?x=1&y=2",
        "rtsp://[fe80::1]:554/live",
        "rtsp://a.b.c",
        "rtsps://c/",
    ],
)
def test_ordinary_addresses_pass(url):
    assert rtsp_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "http://camera/", "file:///etc/passwd", "rtsp:///path", "rtsp://", "//camera/", "camera", "rtsp:camera",
        "rtsp://camera/\r\nSETUP evil", "rtsp://camera/\0", "rtsp://camera/ with space", "rtsp://camera:0/",
        "rtsp://camera:65536/", "rtsp://camera:-1/", "rtsp://camera:port/", "rtsp://[::1/", "rtsp://user:pw@camera/",
        "rtsp://camera/#x", "rtsp://kamera\u00e4/", "rtsp://camera/\u202e", 'rtsp://camera/"', "javascript:alert(1)",
        "rtspu://camera/", "RTSP//camera",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_form_that_is_wanted(url):
    with pytest.raises(NotAllowed) as refused:
        rtsp_url(url)
    assert refused.value.allowed


@given(st.text(max_size=80))
def test_no_text_breaks_the_check(text):
    with contextlib.suppress(NotAllowed):
        assert rtsp_url(f"rtsp://{text}").isprintable()
    take_login_out(text)


def test_user_and_password_are_taken_out_of_the_address(settings, author):
    pasted = "rtsp://ad%40min:p%2Fw%3A1@10.0.0.7:8554/main"
    found = settings.change(Channel, {"url": pasted, "sub_url": pasted}, author, item="1").values
    assert (found.url, found.sub_url) == ("rtsp://10.0.0.7:8554/main", "rtsp://10.0.0.7:8554/main")
    assert (found.user, found.password.reveal()) == ("ad@min", "p/w:1")


def test_user_and_password_given_by_themselves_win(settings, author):
    values = {"url": "rtsp://a:b@10.0.0.7/", "user": "c", "password": "d"}
    found = settings.change(Channel, values, author, item="1").values
    assert (found.user, found.password.reveal()) == ("c", "d")


@pytest.mark.parametrize("name", ["bell\x07", "line\nbreak", "\u202egnirts", " padded ", "x" * 64, "nul\0"])
def test_hostile_names_are_refused(settings, author, name):
    with pytest.raises(BadSetting) as refused:
        settings.change(Channel, {"url": "rtsp://camera/", "name": name}, author, item="1")
    assert refused.value.field == "name"


def test_a_name_may_be_in_any_script(settings, author):
    values = {"url": "rtsp://camera/", "name": "Einfahrt 入口 مدخل <b>"}
    assert settings.change(Channel, values, author, item="1").values.name == "Einfahrt 入口 مدخل <b>"


def test_a_fingerprint_is_taken_as_it_is_shown_anywhere(settings, author):
    shown = ":".join(["AB"] * 32)
    settings.change(Channel, {"url": "rtsps://camera/"}, author, item="1")
    assert settings.change(Channel, {"certificate": shown}, author, item="1").values.certificate == "ab" * 32
    for wrong in ("ab" * 31, "xy" * 32, "ab" * 64):
        with pytest.raises(BadSetting):
            settings.change(Channel, {"certificate": wrong}, author, item="1")


def test_a_new_channel_chooses_its_transport_by_itself(settings, author):
    found = settings.change(Channel, {"url": "rtsp://camera/"}, author, item="1").values
    assert found.transport == "auto"
    for name in ("tcp", "udp", "multicast"):
        assert settings.change(Channel, {"transport": name}, author, item="1").values.transport == name
