"""How an update stands, in sentences that say what happened and what to do."""

from collections.abc import Sequence

from hal.client.firmware import Refusal
from recorder.client.answers.update import Phase, Reason
from recorder.client.tone import Tone
from recorder.client.words import _
from recorder.update.record import Record
from recorder.update.trial import Wrong

REFUSED = {
    Refusal.NO_BUNDLE: _("This file is no update of ours. Fetch it again, and copy it as it is."),
    Refusal.CUT: _("The end of the file is missing. Fetch it again, and wait until all of it is copied."),
    Refusal.DAMAGED: _(
        "The file is damaged: a part of it is not as it was signed. Fetch it again, or take another stick."
    ),
    Refusal.ALTERED: _(
        "The file was changed after it was signed. Do not use it; fetch it from where updates come from."
    ),
    Refusal.FOREIGN: _(
        "The file is signed by somebody whom this recorder does not know. Only our own updates are installed."
    ),
    Refusal.PURPOSE: _(
        "The file is signed with a certificate that is not for updates. Only our own updates are installed."
    ),
    Refusal.EXPIRED: _("The certificate of this update was not valid when it was signed. Fetch a newer update."),
    Refusal.FORMAT: _("This update is of a kind whose parts cannot be checked one by one. Fetch a newer one."),
    Refusal.BOARD: _("This update is for another model ({board}). Fetch the one for this recorder."),
    Refusal.OLDER: _(
        "Version {version} is older than the one that runs. To go back, a permit for this recorder is needed."
    ),
    Refusal.PERMIT: _("The permit is not for this recorder and version {version}, or nobody signed it."),
    Refusal.STEP: _("Version {version} cannot be installed over the one that runs. Install {least} first."),
    Refusal.WRITTEN: _("The file was still being written. Try again."),
    Refusal.SWAPPED: _("The file is not the one that was checked. Begin again."),
    Refusal.NO_RAUC: _(
        "The signature could not be checked: {detail}. Try again; if it stays so, start the recorder anew."
    ),
}
REASONS = {
    Reason.UNREADABLE: _("Where the last update stood cannot be read any more."),
    Reason.CANCELLED: _("It was given up."),
    Reason.COPY: _("The file could not be taken: {detail}"),
    Reason.SCHEMA: _("Its settings are older than those of this recorder."),
    Reason.BACKUP: _("The settings could not be put by, so nothing was begun: {detail}"),
    Reason.INSTALL: _("It could not be installed: {detail}"),
    Reason.INTERRUPTED: _("It was cut short by a power cut or a restart. Nothing was changed; begin again."),
    Reason.MISSED: _("The recorder was off at the hour of the update. Choose another time."),
    Reason.NOT_STARTED: _("The new version did not start."),
    Reason.TRIES: _("The new version started again and again."),
    Reason.CHANNELS: _("Cameras that recorded before did not record with it: {detail}."),
    Reason.API: _("The recorder did not answer with it."),
    Reason.HARDWARE: _("The hardware of the recorder did not answer with it."),
    Reason.SCREEN: _("Nothing was drawn on the monitor with it."),
    Reason.SLOTS_UNKNOWN: _("Nobody can tell which version runs: the hardware of the recorder does not say so."),
    Reason.NO_WAY_BACK: _("The new version is not well, and there is no other to go back to. Install an update soon."),
}
WAITS = {
    Reason.CHANNELS: _("recording of {detail}"),
    Reason.API: _("an answer of the recorder"),
    Reason.HARDWARE: _("the hardware"),
    Reason.SCREEN: _("a picture on the monitor"),
}
DOING = {
    Phase.FOUND: _("The update is copied and checked."),
    Phase.BACKUP: _("The settings are put by."),
    Phase.INSTALL: _("Version {version} is being installed. Do not switch the recorder off. It goes on recording."),
    Phase.ARMED: _("Version {version} is installed. The recorder starts anew."),
    Phase.REBOOT: _("Version {version} is installed. The recorder starts anew."),
    Phase.TRIAL: _("Version {version} runs, and is watched until all is as it was before."),
}


def words(record: Record) -> str:
    """Say how it stands."""
    doing = DOING.get(record.phase)
    if doing is not None:
        return doing.format(version=record.to_version)
    why = REASONS.get(record.reason, "").format(detail=record.detail.rstrip("."))
    match record.phase:
        case Phase.CHECKED:
            return _("Version {version} is checked and may be installed.").format(version=record.to_version)
        case Phase.GOOD:
            told = _("Version {version} is installed, and all is as it was before.").format(version=record.to_version)
            if record.gap_s:
                told += " " + _("{seconds} s were not recorded.").format(seconds=record.gap_s)
            return told
        case Phase.REFUSED:
            return why or REFUSED[record.refusal].format(
                version=record.to_version, board=record.board, least=record.least, detail=record.detail.rstrip(".")
            )
        case Phase.FAILED if record.reason in {Reason.NO_WAY_BACK, Reason.SLOTS_UNKNOWN}:
            return why
        case Phase.FAILED:
            return _("The update was not installed. {why}").format(why=why)
        case Phase.ROLLED_BACK:
            gone = _("Version {version} was installed, and the recorder went back to {before}.")
            return f"{gone.format(version=record.to_version, before=record.version or _('the one before'))} {why}"
        case _:
            return _("No update is under way.")


def brief(record: Record) -> str:
    """Say how it ended, as anybody before the screen may read it; empty: nobody need be told."""
    match record.phase:
        case Phase.GOOD:
            return _("The recorder was updated to version {version}.").format(version=record.to_version)
        case Phase.FAILED:
            return _("An update of the recorder was not installed.")
        case Phase.ROLLED_BACK:
            told = _("The update to version {version} was not kept: the recorder runs what it ran before.")
            return told.format(version=record.to_version)
        case _:
            return ""


def tone(record: Record) -> Tone:
    """Say how that is meant."""
    match record.phase:
        case Phase.GOOD | Phase.CHECKED:
            return Tone.GOOD
        case Phase.REFUSED | Phase.FAILED:
            return Tone.WARNING
        case Phase.ROLLED_BACK:
            return Tone.BAD
        case Phase.IDLE:
            return Tone.QUIET
        case _:
            return Tone.ON


def waiting(wrong: Sequence[Wrong]) -> str:
    """Say what a new version is still waited for with."""
    found = [WAITS[one.reason].format(detail=one.detail) for one in wrong if one.reason in WAITS]
    return _("Still missing: {what}.").format(what="; ".join(found))
