"""Whether logins of the system or a directory can be asked about."""

from recorder.api.context import AccountKeeper, TheControl
from recorder.api.router import Router
from recorder.client.answers import DirectoryState

router = Router(prefix="/directory", tags=["users"])


@router.get("")
def directory(control: TheControl, _caller: AccountKeeper) -> DirectoryState:
    """Whether PAM is asked, and whether its helper runs, in words."""
    found = control.accounts.directory
    return DirectoryState(found.enabled, found.helper_runs, found.words())
