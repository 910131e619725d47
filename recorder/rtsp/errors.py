"""What can go wrong between the recorder and a camera; each class is one state of a stream and one sentence."""

from recorder.client.errors import NightjarError
from recorder.client.words import _


class RtspError(NightjarError):
    """The root of all errors of this package; `reason` is technical detail for the log, never a secret."""

    status = 502
    words = _("The camera connection failed: {reason}.")

    @property
    def reason(self) -> str:
        """Technical detail in English."""
        return str(self.details.get("reason", ""))


class Malformed(RtspError):
    """A message, description or packet that cannot be parsed; nothing of it is used."""

    status = 400
    words = _("What arrived is not valid: {reason}.")


class Unreachable(RtspError):
    """No answer, refused, no route, or the name is unknown."""

    status = 504
    words = _("The camera cannot be reached: {reason}. Check its address, power and network.")


class WrongPassword(RtspError):
    """The camera refused user or password (401 after our answer to its challenge, or 403)."""

    status = 502
    words = _("The camera refuses user name or password: {reason}. Enter them again.")


class StreamNotFound(RtspError):
    """The camera has no stream of this name (404)."""

    words = _("The camera has no stream of this name: {reason}. Check the path of the address.")


class Unsupported(RtspError):
    """Nothing in the stream that we can record, or no transport that both sides speak."""

    words = _("The camera sends nothing that can be recorded: {reason}.")


class Faulty(RtspError):
    """The other side does not speak RTSP, SDP or RTP as we understand it."""

    words = _("What the camera sends cannot be understood: {reason}.")


class Closed(RtspError):
    """The camera ended the stream or hung up while it was playing."""

    words = _("The camera ended the stream: {reason}.")


class Stalled(RtspError):
    """Connected, and no sample for too long."""

    status = 504
    words = _("The camera is connected and sends no picture: {reason}.")
