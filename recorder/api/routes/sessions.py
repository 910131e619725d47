"""Logging in and out, one's own password, and who is logged in."""

from dataclasses import replace
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import BaseModel, Field

from recorder.accounts.blocks import LONGEST_MIN
from recorder.accounts.caller import Caller, Door
from recorder.accounts.sessions import LONGEST_S, Login
from recorder.api.context import AccountKeeper, AnyCaller, TheControl, author, need_screen
from recorder.api.entrance import COOKIE
from recorder.api.router import Router
from recorder.client.answers import Block, OnlineUser, Reset, ScreenLock, Session
from recorder.control.control import Control
from recorder.settings.scope import Permission

Minutes = Annotated[int, Query(ge=0, le=LONGEST_MIN)]
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
router = Router(prefix="/sessions", tags=["sessions"])


class LogIn(BaseModel):
    """User and password."""

    user: str = Field(max_length=64)
    password: str = Field(max_length=1024, repr=False)
    code: str = Field("", max_length=64, repr=False, description="The second factor, or a one-time code")
    cookie: bool = Field(False, description="Keep the session in a cookie, as browsers do")


class LogInAtScreen(BaseModel):
    """User, and what he draws or types at the screen: dots from 1 to 9, or six digits."""

    user: str = Field(max_length=64)
    secret: str = Field(max_length=16, repr=False)


class NewPassword(BaseModel):
    """The password that is, and the one that shall be."""

    old: str = Field(max_length=1024, repr=False)
    new: str = Field(max_length=1024, repr=False, description="8 to 128 printable characters")


class EndBlock(BaseModel):
    """Who is let in again, and from where."""

    user: str = Field(max_length=64)
    source: str = Field(max_length=64)


class Seen(BaseModel):
    """The last reset that somebody was told of."""

    upto: int = Field(ge=0, lt=1 << 53)


def answered(control: Control, token: str, login: Login, response: Response, *, cookie: bool) -> Session:
    """Tell of a new session; its token goes into the cookie, out of reach of scripts, or into the answer."""
    response.headers["Cache-Control"] = "no-store"
    if cookie and login.door is Door.WEB:
        response.set_cookie(COOKIE, token, max_age=LONGEST_S, path="/", secure=True, httponly=True, samesite="strict")
        token = ""
    found = control.accounts.again_of(login)
    return replace(told(control, found), token=token)


def told(control: Control, caller: Caller) -> Session:
    """Tell of a caller."""
    may = tuple(one.value for one in Permission if caller.may(one))
    return Session(
        caller.name,
        caller.role.value,
        caller.expires_us,
        must_change=caller.must_change,
        may=may,
        resets=_unseen(control, caller),
        watermark=_is_marked(control, caller),
        since_us=caller.oldest_us,
    )


def _is_marked(control: Control, caller: Caller) -> bool:
    person = control.accounts.people.person(caller.name) if caller.name else None
    return person is not None and person.user.watermark


def _unseen(control: Control, caller: Caller) -> tuple[Reset, ...]:
    if not caller.token_hash:
        return ()
    found = control.accounts.recovery.resets.unseen(caller.name)
    return tuple(Reset(one.id, one.user, one.way, one.source, one.at_us) for one in found)


@router.post("")
def log_in(wanted: LogIn, control: TheControl, caller: AnyCaller, response: Response) -> Session:
    """Log in; wrong passwords from the network are slowed down."""
    told = wanted.user, wanted.password, caller.door, caller.source, wanted.code
    token, login = control.accounts.logins.log_in(*told)
    return answered(control, token, login, response, cookie=wanted.cookie)


@router.post("/screen")
def log_in_at_screen(wanted: LogInAtScreen, control: TheControl, caller: AnyCaller, response: Response) -> Session:
    """Log in with a pattern or six digits, before the recorder alone."""
    need_screen(caller)
    token, login = control.accounts.logins.log_in_at_screen(wanted.user, wanted.secret)
    return answered(control, token, login, response, cookie=False)


@router.get("/screen")
def screen_lock(control: TheControl, caller: AnyCaller, user: Annotated[str, Query(max_length=64)]) -> ScreenLock:
    """What a user draws or types at the screen in place of his password: `pattern`, `pin`, or nothing."""
    need_screen(caller)
    kind = control.accounts.locks.kind(user.strip().lower())
    return ScreenLock(kind.value if kind is not None else "")


@router.get("/current")
def current_session(control: TheControl, caller: AnyCaller) -> Session:
    """Who calls, as the recorder sees it."""
    return told(control, caller)


@router.get("")
def online(control: TheControl, caller: AccountKeeper) -> list[OnlineUser]:
    """Who is logged in, and from where."""
    return [
        OnlineUser(one.id, one.user, one.door.value, one.source, one.made_us, own=one.hash == caller.token_hash)
        for one in control.accounts.sessions.all()
    ]


@router.put("/current/password", status_code=204)
def change_own_password(wanted: NewPassword, control: TheControl, caller: AnyCaller) -> None:
    """Change the caller's own password; his other sessions end."""
    control.accounts.passwords.change_own(caller, wanted.old, wanted.new)


@router.put("/current/seen-resets", status_code=204)
def see_resets(wanted: Seen, control: TheControl, caller: AnyCaller) -> None:
    """Say that the caller was told of resets of passwords."""
    if caller.token_hash:
        control.accounts.recovery.resets.seen(caller.name, wanted.upto)


@router.delete("/current", status_code=204)
def log_out(control: TheControl, caller: AnyCaller, response: Response) -> None:
    """End the session."""
    control.accounts.log_out(caller)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")


@router.delete("/{session}", status_code=204)
def end_session(session: Id, control: TheControl, caller: AccountKeeper, block_min: Minutes = 0) -> None:
    """Log somebody out, and with `block_min` keep that user out from that address for so many minutes."""
    control.accounts.kick(session, author(caller), block_min)


@router.get("/blocks")
def blocks(control: TheControl, caller: AccountKeeper) -> list[Block]:
    """Who is kept out or must wait, from where, and for how many seconds yet."""
    del caller
    known = control.accounts.blocks
    thrown_out = [Block(one.user, one.source, known.left_s(one.user, one.source)) for one in known.all()]
    waiting = control.accounts.lockout.locked()
    return [*thrown_out, *(Block(one.account, one.source, one.left_s, tries=True) for one in waiting)]


@router.post("/blocks/end", status_code=204)
def end_block(wanted: EndBlock, control: TheControl, caller: AccountKeeper) -> None:
    """Let a user in again from an address."""
    control.accounts.unblock(wanted.user, wanted.source, author(caller))
