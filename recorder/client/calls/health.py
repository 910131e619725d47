"""Whether all is well."""

from recorder.client.answers import Health
from recorder.client.calls.carrier import Carrier


class HealthCalls(Carrier):
    """Looks after the whole."""

    def health(self) -> Health:
        """Whether all is well, in words and figures; yesterday may take some seconds to be counted."""
        return self._get(Health, "/health")

    def notice_seen(self) -> None:
        """Say that one has seen what was lost of the recorder's own data."""
        self._send(None, "POST", "/health/notice/seen")

    def outage_seen(self) -> None:
        """Say that one has seen what came of the last power cut."""
        self._send(None, "POST", "/health/outage/seen")
