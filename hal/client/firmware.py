"""What the root helper tells of firmware."""

from hal.firmware.bundle import LARGEST_BUNDLE
from hal.firmware.inspection import Inspection, Installed, Refusal, Signer
from hal.firmware.token import Permit, sign
from hal.firmware.version import Version

__all__ = ["LARGEST_BUNDLE", "Inspection", "Installed", "Permit", "Refusal", "Signer", "Version", "sign"]
