"""How safe the recorder is."""

from recorder.client.answers import Security
from recorder.client.calls.carrier import Carrier


class SecurityCalls(Carrier):
    """Asks what is weak."""

    def security(self) -> Security:
        """All cards."""
        return self._get(Security, "/security")
