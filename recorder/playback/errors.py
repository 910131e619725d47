"""Why an export cannot be made, or was not finished."""

from recorder.client.errors import NightjarError
from recorder.client.words import _


class ExportError(NightjarError):
    """The root of what ends an export."""

    status = 422
    words = _("The export failed: {problem}")


class NoFolder(ExportError):
    """The place to export to is not there, or is not a folder."""

    status = 404
    words = _("There is no folder {path}. Choose another, or connect the device.")


class AlreadyThere(ExportError):
    """A file of this name exists; it is never overwritten."""

    status = 409
    words = _("{path} exists already. Choose another name.")


class NoSpace(ExportError):
    """The export does not fit."""

    status = 507
    words = _("There is too little space in {path}: {free} MB are free, {needed} MB are needed.")


class AnotherDevice(ExportError):
    """What lies at the place is not what an export began to write to."""

    status = 409
    words = _("What is at {path} now is not the device that the export began to write to. Begin it again.")


class CannotWrite(ExportError):
    """The system refuses to write there."""

    status = 507
    words = _("Writing to {path} failed: {problem}.")


class NothingRecorded(ExportError):
    """There is no footage in the stretch."""

    status = 404
    words = _("Nothing is recorded in this time.")


class NoPictures(ExportError):
    """The stream is none that a player could show."""

    status = 422
    words = _("The stream “{stream}” has no pictures: it says when something moved, and MP4 has no place for that.")


class OutOfReach(ExportError):
    """There is footage in the stretch, on a disk that is not here or not to be read."""

    status = 503
    words = _("What is recorded in this time cannot be read now: its disk is missing or faulty. See the page Disks.")


class ReaderLost(ExportError):
    """The reader ended while it was read from."""

    status = 503
    words = _("The recordings could not be read: {problem}. Try again.")


class Cancelled(ExportError):
    """Somebody wanted no more of it."""

    status = 409
    words = _("The export was cancelled.")
