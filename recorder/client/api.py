"""The API client of the screen and the command line: one method per route, typed answers, errors with words.

Calls block, and are safe from any thread: each has a connection of its own. The routes are listed in
docs/reference/api.md. Times may be given as integers (UTC in microseconds).
"""

import time

from recorder.client.calls.accounts import AccountCalls
from recorder.client.calls.alarms import AlarmCalls
from recorder.client.calls.arrays import ArrayCalls
from recorder.client.calls.audit import AuditCalls
from recorder.client.calls.channels import ChannelCalls
from recorder.client.calls.configuration import ConfigurationCalls
from recorder.client.calls.credentials import CredentialCalls
from recorder.client.calls.disks import DiskCalls
from recorder.client.calls.domes import DomeCalls
from recorder.client.calls.events import EventCalls
from recorder.client.calls.exports import ExportCalls
from recorder.client.calls.footage import FootageCalls
from recorder.client.calls.hardware import HardwareCalls
from recorder.client.calls.health import HealthCalls
from recorder.client.calls.holds import HoldCalls
from recorder.client.calls.log import LogCalls
from recorder.client.calls.pages import PageCalls
from recorder.client.calls.security import SecurityCalls
from recorder.client.calls.terminals import TerminalCalls
from recorder.client.calls.update import UpdateCalls
from recorder.client.calls.voices import VoiceCalls
from recorder.client.errors import Unavailable
from recorder.client.unix_http import ApiError

__all__ = ["ApiClient", "ApiError"]


class ApiClient(
    AccountCalls,
    AlarmCalls,
    ArrayCalls,
    AuditCalls,
    ChannelCalls,
    ConfigurationCalls,
    CredentialCalls,
    DiskCalls,
    DomeCalls,
    EventCalls,
    ExportCalls,
    FootageCalls,
    HardwareCalls,
    HealthCalls,
    HoldCalls,
    LogCalls,
    PageCalls,
    SecurityCalls,
    TerminalCalls,
    UpdateCalls,
    VoiceCalls,
):
    """Talks to control by one of its sockets: `control` as the owner, `screen` as the local screen.

    Every call raises `Unavailable` when control does not answer and `ApiError` when it refuses.
    """

    def wait_until_ready(self, within_s: float) -> None:
        """Return as soon as control answers; raises `Unavailable` when it does not in time."""
        until = time.monotonic() + within_s
        while True:
            try:
                self.setup_state()
            except Unavailable:
                if time.monotonic() >= until:
                    raise
                time.sleep(0.05)
            else:
                return
