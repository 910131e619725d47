"""Logging in and out."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from recorder.accounts.caller import Door
from recorder.accounts.sessions import LONGEST_S, Login
from recorder.api.context import AnyCaller, TheControl
from recorder.api.entrance import COOKIE
from recorder.client.answers import Session
from recorder.control.control import Control

router = APIRouter(prefix="/sessions", tags=["sessions"])


class LogIn(BaseModel):
    """User and password."""

    user: str = Field(max_length=64)
    password: str = Field(max_length=1024)
    cookie: bool = Field(False, description="Keep the session in a cookie, as browsers do")


def answered(control: Control, token: str, login: Login, response: Response, *, cookie: bool) -> Session:
    """Tell of a new session; its token goes into the cookie, out of reach of scripts, or into the answer."""
    response.headers["Cache-Control"] = "no-store"
    if cookie and login.door is Door.WEB:
        response.set_cookie(COOKIE, token, max_age=LONGEST_S, path="/", secure=True, httponly=True, samesite="strict")
        token = ""
    return Session(login.user, login.role.value, control.accounts.sessions.expires_us(login), token)


@router.post("")
def log_in(wanted: LogIn, control: TheControl, caller: AnyCaller, response: Response) -> Session:
    """Log in; wrong passwords from the network are slowed down."""
    token, login = control.accounts.log_in(wanted.user, wanted.password, caller.door, caller.source)
    return answered(control, token, login, response, cookie=wanted.cookie)


@router.get("/current")
def current_session(caller: AnyCaller) -> Session:
    """Who calls, as the recorder sees it."""
    return Session(caller.name, caller.role.value, caller.expires_us)


@router.delete("/current", status_code=204)
def log_out(control: TheControl, caller: AnyCaller, response: Response) -> None:
    """End the session."""
    control.accounts.log_out(caller)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
