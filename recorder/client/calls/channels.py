"""Channels: which there are, added, changed and removed."""

from typing import Any

from recorder.client import answers
from recorder.client.calls.carrier import Carrier


class ChannelCalls(Carrier):
    """Asks for channels."""

    def channels(self) -> list[answers.Channel]:
        """All channels that the caller may see, by number."""
        return self._get(list[answers.Channel], "/channels")

    def channel(self, number: int) -> answers.Channel:
        """One channel."""
        return self._get(answers.Channel, f"/channels/{number}")

    def add_channel(self, **settings: Any) -> answers.Channel:
        """Add a channel: `name`, `url`, and if wanted `sub_url`, `user`, `password`, `number`, `transport`.

        Fields are those of the page `channel`. It records round the clock at once.
        """
        return self._send(answers.Channel, "POST", "/channels", settings)

    def change_channel(self, number: int, **settings: Any) -> answers.Channel:
        """Change fields of a channel; the others stay."""
        return self._send(answers.Channel, "PATCH", f"/channels/{number}", settings)

    def remove_channel(self, number: int) -> None:
        """Remove a channel and its settings; its footage stays until it is overwritten."""
        self._send(None, "DELETE", f"/channels/{number}")

    def add_simulated_cameras(self) -> list[answers.Channel]:
        """Put the simulated cameras on the wall; gives the channels that were added. They may have to be started."""
        return self._send(list[answers.Channel], "POST", "/simulation", patient=True)
