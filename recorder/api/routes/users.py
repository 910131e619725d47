"""Passwords and keys of users, set by others; users and groups themselves are settings pages (D-ACC-05)."""

from typing import Annotated, Literal

from fastapi import Path, Response
from pydantic import BaseModel, Field

from recorder.accounts.api_keys import LONGEST_DAYS, NEVER, ApiKey, NewKey
from recorder.api.context import AccountKeeper, TheControl, author
from recorder.api.router import Router
from recorder.client import answers
from recorder.client.errors import Invalid
from recorder.client.words import _
from recorder.settings.rights import EVERY, MOST_CHANNELS
from recorder.settings.scope import Permission

router = Router(prefix="/users", tags=["users"])
Name = Annotated[str, Path(max_length=32)]
KeyId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


class KeyScope(BaseModel):
    """A key for a program: what it may of what its user may, on which channels, and for how many days."""

    title: str = Field(min_length=1, max_length=63, pattern=r"^[^\x00-\x1f\x7f]+$")
    may: list[Permission] = Field(min_length=1, max_length=len(Permission))
    channels: Literal["all"] | list[Annotated[int, Field(ge=1, le=MOST_CHANNELS)]] = "all"
    days: int = Field(365, ge=1, le=LONGEST_DAYS)


class SetPassword(BaseModel):
    """A first or another password; its user sets his own at his next login, unless told otherwise."""

    password: str = Field(max_length=1024, repr=False, description="8 to 128 printable characters")
    must_change: bool = True


@router.put("/{user}/password", status_code=204)
def set_password(user: Name, wanted: SetPassword, control: TheControl, caller: AccountKeeper) -> None:
    """Set a user's password; his sessions end."""
    control.accounts.passwords.set_password(user, wanted.password, author(caller), must_change=wanted.must_change)


@router.delete("/{user}/second-factor", status_code=204)
def remove_second_factor(user: Name, control: TheControl, caller: AccountKeeper) -> None:
    """Ask a user for no second factor any more, as when his phone is lost."""
    control.accounts.drop_second(user, author(caller))


@router.get("/{user}/keys")
def keys(user: Name, control: TheControl, caller: AccountKeeper) -> list[answers.ApiKey]:
    """The keys of a user."""
    return [told(one) for one in control.accounts.programs.of(user, author(caller))]


@router.post("/{user}/keys", status_code=201)
def make_key(
    user: Name, wanted: KeyScope, control: TheControl, caller: AccountKeeper, response: Response
) -> answers.ApiKey:
    """Make a key; its token is told now and never again."""
    response.headers["Cache-Control"] = "no-store"
    for one in NEVER:
        if one in wanted.may:
            raise Invalid(problem=_("No key may look after users."))
    channels = EVERY if wanted.channels == "all" else frozenset(wanted.channels)
    asked = NewKey(wanted.title, frozenset(wanted.may), channels, wanted.days)
    token, made = control.accounts.programs.make(user, asked, author(caller))
    return told(made, token)


@router.delete("/{user}/keys/{key}", status_code=204)
def remove_key(user: Name, key: KeyId, control: TheControl, caller: AccountKeeper) -> None:
    """Remove a key: it opens nothing from now on."""
    control.accounts.programs.remove(user, key, author(caller))


def told(key: ApiKey, token: str = "") -> answers.ApiKey:
    """Tell of a key."""
    channels = "all" if key.channels == EVERY else tuple(sorted(key.channels))
    may = tuple(sorted(one.value for one in key.permissions))
    return answers.ApiKey(key.id, key.user, key.title, may, channels, key.made_us, key.ends_us, token)
