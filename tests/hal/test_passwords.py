"""Passwords of drivers: sealed at rest with hal's own key, bound to their device."""

import shutil

import pytest

from hal.errors import Offline
from hal.passwords import KEY_FILE, Passwords

LOGIN = {"community": "s3cret-of-the-switch"}


def test_what_is_kept_is_given_back_and_stands_nowhere_in_plain(tmp_path):
    Passwords(tmp_path, "poe_supply", "SWITCH").keep(LOGIN)
    assert Passwords(tmp_path, "poe_supply", "SWITCH").recall() == LOGIN
    for path in tmp_path.iterdir():
        assert b"s3cret" not in path.read_bytes()
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_nothing_was_kept_at_first(tmp_path):
    assert Passwords(tmp_path, "poe_supply", "SWITCH").recall() == {}
    assert list(tmp_path.iterdir()) == []


def test_what_was_sealed_for_one_device_is_no_password_of_another(tmp_path):
    Passwords(tmp_path, "poe_supply", "SWITCH").keep(LOGIN)
    (tmp_path / "poe_supply-login-SWITCH.json").rename(tmp_path / "poe_supply-login-OTHER.json")
    with pytest.raises(Offline, match="enter it again"):
        Passwords(tmp_path, "poe_supply", "OTHER").recall()


def test_on_another_recorder_a_password_is_entered_again(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    Passwords(here, "poe_supply", "SWITCH").keep(LOGIN)
    shutil.copytree(here, there)
    (there / KEY_FILE).write_bytes(bytes(32))
    with pytest.raises(Offline, match="enter it again"):
        Passwords(there, "poe_supply", "SWITCH").recall()
    (there / KEY_FILE).write_bytes(b"short")
    with pytest.raises(Offline):
        Passwords(there, "poe_supply", "SWITCH").recall()
    Passwords(here, "poe_supply", "SWITCH").keep({"user": "new"})
    assert Passwords(here, "poe_supply", "SWITCH").recall() == {"user": "new"}


def test_without_a_folder_they_last_as_long_as_the_process():
    passwords = Passwords(None, "poe_supply", "SWITCH")
    passwords.keep(LOGIN)
    assert passwords.recall() == LOGIN
