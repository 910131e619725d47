"""How the recorder and the machine underneath are, and power for cameras."""

from typing import Any
from urllib.parse import quote

from recorder.client import answers
from recorder.client.calls.carrier import Carrier


class HardwareCalls(Carrier):
    """Asks how it is."""

    def status(self) -> answers.Status:
        """How the recorder is: processes, streams, disks."""
        return self._get(answers.Status, "/status")

    def devices(self) -> list[answers.Device]:
        """List the devices of the machine, and how they are."""
        return self._get(list[answers.Device], "/devices")

    def shut_down(self) -> None:
        """Switch the machine off in order."""
        self._send(None, "POST", "/power/shut-down")

    def restart(self) -> None:
        """Start the machine anew in order."""
        self._send(None, "POST", "/power/restart")

    def poe(self) -> list[answers.PoeSupply]:
        """List the PoE supplies with their ports."""
        return self._get(list[answers.PoeSupply], "/poe")

    def change_poe_port(self, supply: str, port: int, **wanted: Any) -> answers.PoeSupply:
        """Set `enabled`, `priority`, `mode` or `limit_watts` of a port."""
        return self._send(answers.PoeSupply, "PATCH", f"/poe/{quote(supply, safe='')}/ports/{port}", wanted)

    def restart_poe_port(self, supply: str, port: int) -> answers.PoeSupply:
        """Take a port's power away for two seconds."""
        return self._send(answers.PoeSupply, "POST", f"/poe/{quote(supply, safe='')}/ports/{port}/restart")

    def log_in_at_switch(self, supply: str, **login: str) -> answers.PoeSupply:
        """Give the password of a switch: `user`, `auth_key`, `privacy_key`, or `community`."""
        return self._send(answers.PoeSupply, "PUT", f"/poe/{quote(supply, safe='')}/login", login)

    def add_switch(self, name: str, host: str, **about: Any) -> list[answers.PoeSupply]:
        """Have the ports of a switch driven, which must answer now: its login as for `log_in_at_switch`.

        Also `ports` (all), `watts` (what it says itself), `udp_port`.
        """
        wanted = {"name": name, "host": host, **about}
        return self._send(list[answers.PoeSupply], "POST", "/poe", wanted, patient=True)

    def remove_switch(self, supply: str) -> list[answers.PoeSupply]:
        """Drive a switch no more that was added."""
        return self._send(list[answers.PoeSupply], "DELETE", f"/poe/{quote(supply, safe='')}")

    def test_network(self, address: str, *, port: int = 0, count: int = 10) -> answers.NetworkTest:
        """Begin a test of an address, a name or a stream's address; with a port, by connections to that."""
        wanted = {"address": address, "port": port, "count": count}
        return self._send(answers.NetworkTest, "POST", "/network-test", wanted)

    def network_tests(self) -> answers.NetworkTests:
        """One's own newest test, how far it is or what it found, and what else could be tested."""
        return self._get(answers.NetworkTests, "/network-test")

    def cancel_network_test(self) -> answers.NetworkTests:
        """End one's own test."""
        return self._send(answers.NetworkTests, "DELETE", "/network-test")

    def hardware(self) -> answers.Hardware:
        """The machine at one glance, in words."""
        return self._get(answers.Hardware, "/hardware")
