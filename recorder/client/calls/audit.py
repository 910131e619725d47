"""The audit: its rows, its chain, all of it as a file."""

from typing import BinaryIO

from recorder.client import answers
from recorder.client.calls.carrier import Carrier


class AuditCalls(Carrier):
    """Asks what was done, and by whom."""

    def audit(
        self, *, who: str = "", page: str = "", text: str = "", before: int | None = None, limit: int = 100, **when: int
    ) -> list[answers.AuditEntry]:
        """Rows of the audit, the newest first; `start` and `end` (µs) bound their time."""
        asked = {"who": who, "page": page, "text": text, "limit": limit, **when}
        if before is not None:
            asked["before"] = before
        return self._get(list[answers.AuditEntry], "/audit", asked)

    def export_audit(self, into: BinaryIO) -> int:
        """Write all of the audit as CSV into an open file; gives its bytes."""
        return self._copy("/audit/export", into)

    def check_audit(self) -> answers.AuditCheck:
        """Walk the chain of the audit."""
        return self._get(answers.AuditCheck, "/audit/check")

    def clear_audit(self) -> answers.AuditCheck:
        """Clear the audit; a row stays that says who did."""
        return self._send(answers.AuditCheck, "DELETE", "/audit")
