"""Recovery keys of encrypted pools, for those who may set up storage; each showing stands in the audit."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Path, Response
from pydantic import BaseModel, Field

from recorder.api.context import StorageKeeper, TheControl, author
from recorder.api.router import Router
from recorder.client.answers import RecoveryKey
from recorder.store.policy import MOST_POOLS

router = Router(tags=["pools"])
LONGEST_KEY = 200
"""Fourteen groups of four, however somebody parts them."""


class TypedKey(BaseModel):
    """A recovery key as somebody typed it."""

    key: str = Field(max_length=LONGEST_KEY, repr=False)


@router.post("/pools/{pool}/recovery-key")
async def show_recovery_key(
    pool: Annotated[int, Path(ge=1, le=MOST_POOLS)], control: TheControl, caller: StorageKeeper, response: Response
) -> RecoveryKey:
    """Show the recovery key of an encrypted pool, to be written down and kept apart from the recorder."""
    response.headers["Cache-Control"] = "no-store"
    return await run_sync(control.pool_keys.show, pool, author(caller))


@router.post("/recovery-keys", status_code=204)
async def enter_recovery_key(typed: TypedKey, control: TheControl, caller: StorageKeeper) -> None:
    """Enter the recovery key of another recorder's pool: what is encrypted with it can be played from now on."""
    await run_sync(control.pool_keys.enter, typed.key, author(caller))
