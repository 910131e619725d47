"""Recovery keys of encrypted pools, for those who may set up storage; each showing stands in the audit."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Response

from recorder.api.context import StorageKeeper, TheControl, author
from recorder.client.answers import RecoveryKey
from recorder.store.policy import MOST_POOLS

router = APIRouter(prefix="/pools", tags=["pools"])


@router.post("/{pool}/recovery-key")
async def show_recovery_key(
    pool: Annotated[int, Path(ge=1, le=MOST_POOLS)], control: TheControl, caller: StorageKeeper, response: Response
) -> RecoveryKey:
    """Show the recovery key of an encrypted pool, to be written down and kept apart from the recorder."""
    response.headers["Cache-Control"] = "no-store"
    return await run_sync(control.pool_keys.show, pool, author(caller))
