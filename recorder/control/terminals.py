"""The alarm terminals: inputs as they are, outputs and switched 12 V as the owner wants them (D-ALM-03, D-ALM-08)."""

from hal.client.kinds import AlarmInputState, InputFault, RelayState
from recorder.client.answers import AlarmInput, Output
from recorder.client.words import _
from recorder.control.hardware import Hardware

RELAY = "relay"


class Terminals:
    """Answers what the API is asked about inputs and outputs."""

    def __init__(self, hardware: Hardware) -> None:
        self._hardware = hardware

    async def inputs(self) -> list[AlarmInput]:
        """List the alarm inputs in the order of the board; raises `HardwareAway`."""
        return [
            AlarmInput(
                name=one.name,
                online=one.online,
                reason=one.reason,
                role=one.role,
                active=one.active,
                normally_closed=one.normally_closed,
                stuck=InputFault.STUCK in one.faults,
            )
            for one in await self._hardware.states(AlarmInputState)
        ]

    async def outputs(self) -> list[Output]:
        """List the outputs in the order of the board; raises `HardwareAway`."""
        return [_output(one) for one in await self._hardware.states(RelayState)]

    async def switch(self, name: str, *, closed: bool) -> Output:
        """Switch an output until told otherwise; raises `NotFound`, `HardwareRefused`, `HardwareAway`."""
        await self._state(name)
        await self._hardware.ask(RELAY, name, "switch", closed=closed)
        return _output(await self._state(name))

    async def toggle(self, name: str) -> Output:
        """Switch an output the other way; raises `NotFound`, `HardwareRefused`, `HardwareAway`."""
        return await self.switch(name, closed=not (await self._state(name)).closed)

    async def pulse(self, name: str, seconds: float) -> Output:
        """Switch an output on for a time; raises `NotFound`, `HardwareRefused`, `HardwareAway`."""
        await self._state(name)
        await self._hardware.ask(RELAY, name, "pulse", for_s=seconds)
        return _output(await self._state(name))

    async def _state(self, name: str) -> RelayState:
        return await self._hardware.state(RelayState, name, _("output {name}").format(name=name))


def _output(one: RelayState) -> Output:
    return Output(
        name=one.name,
        online=one.online,
        reason=one.reason,
        role=one.role,
        closed=one.closed,
        timed=one.timed,
        normally_closed=one.normally_closed,
    )
