"""The PoE ports: how they are, and what the owner wants of them (D-CAM-10)."""

from typing import Any

import msgspec

from hal.client.kinds import PoeSupplyState
from recorder.client.answers import PoePort, PoeSupply
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.control.hardware import Hardware
from recorder.control.poe_words import figures, port_words, supply_words

SUPPLY = "poe_supply"


class NoSuchPort(NightjarError):
    """No supply of this name, or it has no such port."""

    status = 404
    words = _("There is no PoE port {port} at {supply}.")


class Poe:
    """Answers what the API is asked about PoE."""

    def __init__(self, hardware: Hardware) -> None:
        self._hardware = hardware

    async def supplies(self) -> list[PoeSupply]:
        """List the PoE supplies; raises `HardwareAway`."""
        states = await self._hardware.states(PoeSupplyState)
        inventory = self._hardware.follower.inventory
        unproven = {one.name for one in inventory if one.kind == SUPPLY and one.unproven}
        return [_supply(state, unproven=state.name in unproven) for state in states]

    async def change(self, supply: str, port: int, wanted: dict[str, Any]) -> PoeSupply:
        """Set `enabled`, `priority`, `limit_watts`, `mode` of a port.

        Raises `HardwareRefused`, `HardwareAway`, `NoSuchPort`.
        """
        verbs = {"priority": "set_priority", "mode": "set_mode", "limit_watts": "set_limit"}
        before = await self._port(supply, port)
        for field, verb in verbs.items():
            if field in wanted and wanted[field] != getattr(before, field):
                argument = "watts" if field == "limit_watts" else field
                await self._hardware.ask(SUPPLY, supply, verb, port=port, **{argument: wanted[field]})
        if "enabled" in wanted:
            await self._hardware.ask(SUPPLY, supply, "enable" if wanted["enabled"] else "disable", port=port)
        return await self._found(supply, port)

    async def restart(self, supply: str, port: int) -> PoeSupply:
        """Take a port's power away for two seconds; raises `HardwareRefused`, `HardwareAway`, `NoSuchPort`."""
        await self._port(supply, port)
        await self._hardware.ask(SUPPLY, supply, "power_cycle", port=port)
        return await self._found(supply, port)

    async def _found(self, supply: str, port: int) -> PoeSupply:
        found = next((one for one in await self.supplies() if one.name == supply), None)
        if found is None:
            raise NoSuchPort(supply=supply, port=port)
        return found

    async def _port(self, supply: str, port: int) -> PoePort:
        found = next((one for one in (await self._found(supply, port)).ports if one.port == port), None)
        if found is None:
            raise NoSuchPort(supply=supply, port=port)
        return found


def _supply(state: PoeSupplyState, *, unproven: bool) -> PoeSupply:
    told = msgspec.to_builtins(state)
    for port, one in zip(told["ports"], state.ports, strict=True):
        port["words"], port["tone"] = port_words(one)
        port["figures"] = figures(one)
    words = supply_words(state, unproven=unproven)
    return msgspec.convert({**told, "unproven": unproven, "words": words}, PoeSupply)
