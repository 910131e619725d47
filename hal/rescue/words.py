"""Why a bundle is refused, in sentences for who stands before the machine."""

from hal.firmware.inspection import Inspection, Refusal

REFUSED = {
    Refusal.NO_BUNDLE: "This file is no update of ours. Fetch it again, and copy it as it is.",
    Refusal.CUT: "The end of the file is missing. Fetch it again, and wait until all of it is copied.",
    Refusal.DAMAGED: "The file is damaged: a part is not as it was signed. Fetch it again, or take another stick.",
    Refusal.ALTERED: "The file was changed after it was signed. Do not use it.",
    Refusal.FOREIGN: "The file is signed by somebody whom this recorder does not know. Only our own are installed.",
    Refusal.PURPOSE: "The file is signed with a certificate that is not for updates. Only our own are installed.",
    Refusal.EXPIRED: "The certificate of this update was not valid when it was signed. Fetch a newer update.",
    Refusal.FORMAT: "This update is of a kind whose parts cannot be checked one by one. Fetch a newer one.",
    Refusal.BOARD: "This update is for another model ({compatible}). Fetch the one for this recorder.",
    Refusal.OLDER: "The file does not say which version it is. Fetch it again.",
    Refusal.WRITTEN: "The file was still being written. Try again.",
    Refusal.SWAPPED: "The file is not the one that was checked. Begin again.",
    Refusal.NO_RAUC: "The signature could not be checked: {detail}. Try again.",
}


def refused(found: Inspection) -> str:
    """Say why a bundle is not installed."""
    return REFUSED.get(found.refusal, "This file is not installed.").format(
        compatible=found.compatible, detail=found.detail
    )
