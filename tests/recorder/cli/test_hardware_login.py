"""The password of an external switch: asked for, handed over by the socket, never shown or an argument."""

import io
import sys

import pytest

import hal.client
from hal.client import Inventory
from recorder.cli import main
from recorder.cli.commands import hardware


class Hal:
    """A hardware service that remembers what it was asked."""

    asked: list = []  # noqa: RUF012 - one for the test

    def __init__(self, *_words):
        self.asked.clear()

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        pass

    def call(self, kind, name, verb, **arguments):
        self.asked.append((kind, name, verb, arguments))


@pytest.mark.parametrize(
    ("words", "typed", "login"),
    [
        ([], "s3cret\n", {"user": "", "community": "s3cret"}),
        (["--user", "owner"], "s3cret\nkey\n", {"user": "owner", "auth_key": "s3cret", "privacy_key": "key"}),
    ],
)
def test_the_password_of_a_switch_is_asked_for_and_never_shown(monkeypatch, capsys, tmp_path, words, typed, login):
    monkeypatch.setattr(hal.client, "HalClient", Hal)
    monkeypatch.setattr(hardware, "socket", lambda _asked, _name: tmp_path / "hal.sock")
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    main(["hardware", "login", "SWITCH", *words, "--data", str(tmp_path)])
    assert Hal.asked == [("poe_supply", "SWITCH", "set_login", {"login": login})]
    told = capsys.readouterr()
    assert "s3cret" not in told.out + told.err


def test_a_driver_that_was_never_tried_with_the_real_hardware_is_said_to_be_so():
    what = Inventory(
        "poe_supply", "PSE", "quadpse", "i2c-1", unproven="Only a model answered.", simulated=False, model="TPS23861"
    )
    assert hardware._about(what) == "TPS23861, never tried with the real hardware"
