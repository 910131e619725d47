"""The log: changes, logins and what happened as one list, and as a file."""

from typing import Any, BinaryIO
from urllib.parse import urlencode

from recorder.client.calls.carrier import Carrier
from recorder.client.log import Forwarded, LogPage


class LogCalls(Carrier):
    """Reads the log; what is sought is named as the route has it."""

    def log(self, *, before: str | None = None, limit: int = 100, **wanted: Any) -> LogPage:
        """Entries, the newest first; `types`, `level`, `start`, `end` (µs), `who`, `address`, `text` say which."""
        asked = {"limit": limit, **wanted} | ({} if before is None else {"before": before})
        return self._get(LogPage, "/log", asked)

    def export_log(self, into: BinaryIO, **wanted: Any) -> int:
        """Write the log as CSV into an open file; gives its bytes."""
        return self._copy(f"/log/export?{urlencode(wanted)}", into)

    def log_server(self) -> Forwarded:
        """How far the log server is."""
        return self._get(Forwarded, "/log/server")
