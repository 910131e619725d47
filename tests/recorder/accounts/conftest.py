"""Accounts on files of their own, with passwords that are quickly checked."""

import pytest
from argon2 import PasswordHasher

from recorder.accounts.accounts import Accounts
from recorder.accounts.caller import Door
from recorder.accounts.password import Passwords
from recorder.accounts.store import FILE, AccountStore
from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.sealing import Sealer
from recorder.settings.pages.user import User
from recorder.settings.registry import built_in
from recorder.settings.settings import Author, Settings
from recorder.settings.store import FILE as SETTINGS_FILE
from recorder.settings.store import SettingsStore

PASSWORD = "correct horse battery"


def quick():
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


OWNER = Author("owner", "control:control")


def seated(accounts, user="admin", door=Door.SCREEN, password=PASSWORD, code=""):
    """A user who has logged in, as a caller."""
    source = "10.0.0.1" if door is Door.WEB else door.value
    token, _login = accounts.logins.log_in(user, password, door, source, code)
    return accounts.caller(token, door, source)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def instance(tmp_path):
    return Instance(tmp_path / "data")


@pytest.fixture
def settings(instance, clock):
    store = SettingsStore(instance.config / SETTINGS_FILE)
    yield Settings(store, built_in(), Sealer(instance), clock)
    store.close()


@pytest.fixture
def open_accounts(instance, clock, settings):
    stores = []

    def opened(passwords=None):
        stores.append(AccountStore(instance.config / FILE))
        return Accounts(stores[-1], settings, clock, passwords or quick())

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def accounts(open_accounts):
    return open_accounts()


@pytest.fixture
def admin(accounts):
    accounts.first_run.set_up(PASSWORD, "", Door.SCREEN, "screen")
    return accounts


@pytest.fixture
def anna(admin, settings):
    """A second user beside the administrator."""
    settings.change(User, {"group": "user"}, OWNER, item="anna")
    admin.passwords.set_password("anna", PASSWORD, OWNER, must_change=False)
    return admin
