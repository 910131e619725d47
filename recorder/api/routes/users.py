"""Passwords of users, set by others; users and groups themselves are settings pages (D-ACC-05)."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from recorder.api.context import AccountKeeper, TheControl, author

router = APIRouter(prefix="/users", tags=["users"])
Name = Annotated[str, Path(max_length=32)]


class SetPassword(BaseModel):
    """A first or another password; its user sets his own at his next login, unless told otherwise."""

    password: str = Field(max_length=1024, repr=False, description="8 to 128 printable characters")
    must_change: bool = True


@router.put("/{user}/password", status_code=204)
def set_password(user: Name, wanted: SetPassword, control: TheControl, caller: AccountKeeper) -> None:
    """Set a user's password; his sessions end."""
    control.accounts.set_password(user, wanted.password, author(caller), must_change=wanted.must_change)
