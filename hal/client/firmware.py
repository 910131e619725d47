"""What the root helper tells of firmware, and how bundles are found on sticks."""

from hal.firmware.bundle import LARGEST_BUNDLE
from hal.firmware.inspection import Inspection, Installed, Refusal, Signer
from hal.firmware.search import Candidate, candidates
from hal.firmware.search import opened as opened_candidate
from hal.firmware.token import Permit, sign
from hal.firmware.version import Version

__all__ = [
    "LARGEST_BUNDLE",
    "Candidate",
    "Inspection",
    "Installed",
    "Permit",
    "Refusal",
    "Signer",
    "Version",
    "candidates",
    "opened_candidate",
    "sign",
]
