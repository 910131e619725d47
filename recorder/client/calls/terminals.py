"""Alarm inputs and outputs."""

from urllib.parse import quote

from recorder.client import answers
from recorder.client.calls.carrier import Carrier


class TerminalCalls(Carrier):
    """Asks for the contacts, and switches those that go out."""

    def inputs(self) -> list[answers.AlarmInput]:
        """List the alarm inputs, and how each is."""
        return self._get(list[answers.AlarmInput], "/inputs")

    def tell_network_input(self, name: str, words: str = "", *, active: bool = True) -> None:
        """Tell an alarm of a network input that its owner has named, or that it is over."""
        self._send(None, "POST", f"/inputs/network/{quote(name, safe='')}", {"active": active, "words": words})

    def add_box(self, name: str, host: str = "", **about: int | str) -> None:
        """Have the inputs and outputs of an alarm box in the network or at a serial line, which must answer now.

        `about` are `port` (502), or in place of `host` `line` with `baud` (9600), `parity` (N, E, O) and `stop_bits`
        (1); `unit` (1), its number; `inputs` (8) and `outputs` (0), how many it has.
        """
        self._send(None, "POST", "/boxes", {"name": name, "host": host, **about}, patient=True)

    def remove_box(self, name: str) -> None:
        """Have them no more."""
        self._send(None, "DELETE", f"/boxes/{quote(name, safe='')}")

    def outputs(self) -> list[answers.Output]:
        """List the outputs, the switched 12 V among them."""
        return self._get(list[answers.Output], "/outputs")

    def switch_output(self, name: str, *, closed: bool) -> answers.Output:
        """Switch an output until told otherwise."""
        return self._send(answers.Output, "PATCH", f"/outputs/{quote(name, safe='')}", {"closed": closed})

    def press_tile_button(self, channel: int) -> answers.Output:
        """Press the button of a camera's tile."""
        return self._send(answers.Output, "POST", f"/channels/{channel}/button")

    def toggle_output(self, name: str) -> answers.Output:
        """Switch an output the other way."""
        return self._send(answers.Output, "POST", f"/outputs/{quote(name, safe='')}/toggle")

    def pulse_output(self, name: str, seconds: float) -> answers.Output:
        """Switch an output on; it goes off after this time."""
        return self._send(answers.Output, "POST", f"/outputs/{quote(name, safe='')}/pulse", {"seconds": seconds})

    def reset_outputs(self) -> list[answers.Output]:
        """Switch off all outputs but those that are set to be always on."""
        return self._send(list[answers.Output], "POST", "/outputs/reset")
