"""Domes: where they look, their presets and tours."""

from recorder.client import answers
from recorder.client.calls.carrier import Carrier


class DomeCalls(Carrier):
    """Turns the cameras that turn."""

    def ptz_lines(self) -> list[answers.PtzLine]:
        """List the lines that domes can hang at."""
        return self._get(list[answers.PtzLine], "/ptz/lines")

    def dome(self, channel: int) -> answers.Dome:
        """What the dome of a channel can do, and what it does."""
        return self._get(answers.Dome, f"/channels/{channel}/ptz")

    def move_dome(
        self,
        channel: int,
        *,
        pan: float = 0.0,
        tilt: float = 0.0,
        zoom: float = 0.0,
        focus: float = 0.0,
        iris: float = 0.0,
    ) -> None:
        """Move at shares of full speed, -1 to 1 (right, up, tele, far, open); ask again within 2 s to go on."""
        shares = {"pan": pan, "tilt": tilt, "zoom": zoom, "focus": focus, "iris": iris}
        self._send(None, "POST", f"/channels/{channel}/ptz/move", shares)

    def stop_dome(self, channel: int) -> None:
        """Stop all that moves."""
        self._send(None, "POST", f"/channels/{channel}/ptz/stop")

    def call_preset(self, channel: int, preset: int) -> None:
        """Have a dome go to a preset."""
        self._send(None, "POST", f"/channels/{channel}/ptz/presets/{preset}/goto")

    def set_preset(self, channel: int, preset: int) -> None:
        """Keep where a dome looks now as a preset."""
        self._send(None, "PUT", f"/channels/{channel}/ptz/presets/{preset}")

    def name_preset(self, channel: int, preset: int, name: str) -> None:
        """Give a preset a name; an empty one forgets it."""
        self._send(None, "PATCH", f"/channels/{channel}/ptz/presets/{preset}", {"name": name})

    def clear_preset(self, channel: int, preset: int) -> None:
        """Forget a preset."""
        self._send(None, "DELETE", f"/channels/{channel}/ptz/presets/{preset}")

    def dome_action(self, channel: int, action: str, number: int = 0, second: int = 0) -> None:
        """Do one of the `actions` of a dome, with its number, and the preset of a tour as the second."""
        asked = {"action": action, "number": number, "second": second}
        self._send(None, "POST", f"/channels/{channel}/ptz/actions", asked)
