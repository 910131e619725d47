"""What control asks of the hardware service: the PoE ports, how they are and what the owner wants of them."""

from typing import Any

import msgspec

from hal.client import HalClient, HalUnavailable
from recorder.client.answers import PoePort, PoeSupply
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.words import _

PATIENCE_S = 8.0
SUPPLY = "poe_supply"


class HardwareRefused(NightjarError):
    """The hardware service does not answer, or the device cannot do this."""

    status = 409
    words = _("{what}.")


class NoSuchPort(NightjarError):
    """No supply of this name, or it has no such port."""

    status = 404
    words = _("There is no PoE port {port} at {supply}.")


class Hardware:
    """Asks anew for every call: it is rare, and the hardware service may have been replaced since. Calls block."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def supplies(self) -> list[PoeSupply]:
        """List the PoE supplies; raises `HardwareRefused`."""
        with self._client() as client:
            return self._supplies(client)

    def change(self, supply: str, port: int, wanted: dict[str, Any]) -> PoeSupply:
        """Set `enabled`, `priority`, `limit_watts`, `mode` of a port; raises `HardwareRefused`, `NoSuchPort`."""
        verbs = {"priority": "set_priority", "mode": "set_mode", "limit_watts": "set_limit"}
        with self._client() as client:
            before = self._port(client, supply, port)
            for field, verb in verbs.items():
                if field in wanted and wanted[field] != getattr(before, field):
                    argument = "watts" if field == "limit_watts" else field
                    self._ask(client, supply, verb, port=port, **{argument: wanted[field]})
            if "enabled" in wanted:
                self._ask(client, supply, "enable" if wanted["enabled"] else "disable", port=port)
            return self._found(client, supply)

    def restart(self, supply: str, port: int) -> PoeSupply:
        """Take a port's power away for two seconds; raises `HardwareRefused`, `NoSuchPort`."""
        with self._client() as client:
            self._port(client, supply, port)
            self._ask(client, supply, "power_cycle", port=port)
            return self._found(client, supply)

    def _client(self) -> HalClient:
        try:
            return HalClient(self._instance.socket("hal"), PATIENCE_S)
        except HalUnavailable as error:
            raise HardwareRefused(what=str(error)) from error

    def _supplies(self, client: HalClient) -> list[PoeSupply]:
        try:
            states = [state for state in client.devices() if state.kind == SUPPLY]
            unproven = {one.name for one in client.inventory() if one.kind == SUPPLY and one.unproven}
        except HalUnavailable as error:
            raise HardwareRefused(what=str(error)) from error
        told = [{**msgspec.to_builtins(state), "unproven": state.name in unproven} for state in states]
        return msgspec.convert(told, list[PoeSupply])

    def _found(self, client: HalClient, supply: str) -> PoeSupply:
        found = next((one for one in self._supplies(client) if one.name == supply), None)
        if found is None:
            raise NoSuchPort(supply=supply, port="")
        return found

    def _port(self, client: HalClient, supply: str, port: int) -> PoePort:
        found = next((one for one in self._found(client, supply).ports if one.port == port), None)
        if found is None:
            raise NoSuchPort(supply=supply, port=port)
        return found

    def _ask(self, client: HalClient, supply: str, verb: str, **arguments: Any) -> None:
        try:
            client.call(SUPPLY, supply, verb, **arguments)
        except HalUnavailable as error:
            raise HardwareRefused(what=str(error)) from error
