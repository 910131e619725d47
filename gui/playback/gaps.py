"""Why something is missing, in words: one line for the timeline, and what to do where somebody can do something."""

from collections.abc import Iterable

from recorder.client.answers import Gap
from recorder.client.words import _

REASONS: dict[str, str] = {
    "camera_offline": _("Camera did not answer"),
    "network_loss": _("Network broke off"),
    "overload": _("Recorder could not keep up"),
    "disk": _("No disk took it"),
    "stopped": _("Recorder was switched off"),
    "no_power": _("No power"),
    "restarted": _("Recording service restarted"),
    "clock": _("Clock was set"),
    "control_silent": _("Events were not known; recorded all the same"),
    "unknown": _("Reason not known"),
}
NOT_MISSING = frozenset({"control_silent"})
"""Rows that name a stretch which was recorded all the same."""


def reason_words(reason: str) -> str:
    """Give the words for a reason; a later version's shows as it is called."""
    return REASONS.get(reason) or reason.replace("_", " ").capitalize()


def gap_at(gaps: Iterable[Gap], at_us: int) -> Gap | None:
    """Give the hole that a moment lies in."""
    return next((one for one in gaps if one.start_us <= at_us < one.end_us and one.reason not in NOT_MISSING), None)
