"""The PoE ports: how they are, and what the owner wants of them (D-CAM-10)."""

from dataclasses import asdict, dataclass, field
from typing import Any

import msgspec
from anyio.to_thread import run_sync

from hal.client import Inventory
from hal.client.kinds import PoeSupplyState
from recorder.client.answers import PoePort, PoeSupply
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.control.hardware import Hardware
from recorder.control.poe_words import figures, port_words, supply_words
from recorder.control.unproven import unproven_words
from recorder.settings.pages.general import General
from recorder.settings.settings import Author, Settings

SUPPLY = "poe_supply"


class NoSuchPort(NightjarError):
    """No supply of this name, or it has no such port."""

    status = 404
    words = _("There is no PoE port {port} at {supply}.")


class NoSuchSupply(NightjarError):
    """No supply of this name."""

    status = 404
    words = _("There is no PoE supply {supply}.")


class NoLogin(NightjarError):
    """It is part of the recorder."""

    status = 409
    words = _("{supply} is part of the recorder; only switches in the network are logged in at.")


@dataclass(frozen=True)
class SwitchLogin:
    """How a switch is logged in at: by `community` (SNMP version 2c), or with `user` and its keys (version 3)."""

    user: str = ""
    auth_key: str = field(default="", repr=False)
    privacy_key: str = field(default="", repr=False)
    community: str = field(default="", repr=False)


class Poe:
    """Answers what the API is asked about PoE."""

    def __init__(self, hardware: Hardware, settings: Settings) -> None:
        self._hardware = hardware
        self._settings = settings

    async def supplies(self) -> list[PoeSupply]:
        """List the PoE supplies; raises `HardwareAway`."""
        states = await self._hardware.states(PoeSupplyState)
        known = {one.name: one for one in self._hardware.follower.inventory if one.kind == SUPPLY}
        return [_supply(state, known.get(state.name)) for state in states]

    async def change(self, supply: str, port: int, wanted: dict[str, Any]) -> PoeSupply:
        """Set `enabled`, `priority`, `limit_watts`, `mode` of a port.

        Raises `HardwareRefused`, `HardwareAway`, `NoSuchPort`.
        """
        verbs = {"priority": "set_priority", "mode": "set_mode", "limit_watts": "set_limit"}
        before = await self._port(supply, port)
        for what, verb in verbs.items():
            if what in wanted and wanted[what] != getattr(before, what):
                argument = "watts" if what == "limit_watts" else what
                await self._hardware.ask(SUPPLY, supply, verb, port=port, **{argument: wanted[what]})
        if "enabled" in wanted:
            await self._hardware.ask(SUPPLY, supply, "enable" if wanted["enabled"] else "disable", port=port)
        return await self._found(supply, port)

    async def restart(self, supply: str, port: int) -> PoeSupply:
        """Take a port's power away for two seconds; raises `HardwareRefused`, `HardwareAway`, `NoSuchPort`."""
        await self._port(supply, port)
        await self._hardware.ask(SUPPLY, supply, "power_cycle", port=port)
        return await self._found(supply, port)

    async def log_in(self, supply: str, login: SwitchLogin, author: Author) -> PoeSupply:
        """Give the password of a switch, which hal keeps sealed. That it was given stands in the audit, not what.

        Raises `NoLogin`, `HardwareRefused`, `HardwareAway`, `NoSuchSupply`.
        """
        found = await self._supply(supply)
        if not found.logs_in:
            raise NoLogin(supply=supply)
        await self._hardware.ask(SUPPLY, supply, "set_login", login=asdict(login))
        how = _("version 3, user {user}").format(user=login.user) if login.user else _("version 2c")
        await run_sync(self._settings.remark, General, "", "switch_login", f"{supply}: {how}", author)
        return await self._supply(supply)

    async def _supply(self, supply: str) -> PoeSupply:
        found = next((one for one in await self.supplies() if one.name == supply), None)
        if found is None:
            raise NoSuchSupply(supply=supply)
        return found

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


def _supply(state: PoeSupplyState, what: Inventory | None) -> PoeSupply:
    unproven = unproven_words(what) if what is not None else ""
    logs_in = what is not None and what.logs_in
    told = msgspec.to_builtins(state)
    for port, one in zip(told["ports"], state.ports, strict=True):
        port["words"], port["tone"] = port_words(one)
        port["figures"] = figures(one)
    words = supply_words(state, unproven)
    about = {"unproven": bool(unproven), "unproven_words": unproven, "words": words, "logs_in": logs_in}
    about["added"] = what is not None and what.added
    return msgspec.convert({**told, **about}, PoeSupply)
