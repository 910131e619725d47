"""Alarm inputs: contacts that somebody else closes (D-ALM-02, D-ALM-03). Their edges come by the event stream."""

from recorder.api.context import AlarmUser, TheControl
from recorder.api.router import Router
from recorder.client.answers import AlarmInput

router = Router(prefix="/inputs", tags=["terminals"])


@router.get("")
async def inputs(control: TheControl, _caller: AlarmUser) -> list[AlarmInput]:
    """The alarm inputs in the order of the terminals; none where the board has none."""
    return await control.terminals.inputs()
