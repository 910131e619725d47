"""What goes over the helper's socket: one question and one answer for each connection."""

import msgspec

from recorder.client.errors import NightjarError
from recorder.client.words import _

SOCKET = "pam"
"""The name of the helper and of its socket."""
LARGEST_BYTES = 4096
YES, NO = b"yes\n", b"no\n"


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether this is the user's password."""

    user: str
    password: str

    def __repr__(self) -> str:
        """No password gets into a log by way of an error."""
        return f"Question({self.user!r})"


class HelperAway(NightjarError):
    """Nobody can be asked about logins of the system."""

    status = 503
    words = _("The helper for system and directory logins does not run. It needs root; users of the recorder log in.")
