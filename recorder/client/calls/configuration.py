"""The configuration as a whole."""

from recorder.client.answers.configuration import Extent
from recorder.client.calls.carrier import Carrier


class ConfigurationCalls(Carrier):
    """Looks after it; `password` is the caller's own, which the command line does without."""

    def reset(self, extent: Extent, password: str = "") -> None:
        """Take settings away; control, or the machine, starts anew at once."""
        self._send(None, "POST", "/configuration/reset", {"extent": extent, "password": password}, patient=True)
