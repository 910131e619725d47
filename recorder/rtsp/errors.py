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

    @property
    def unsaid(self) -> bool:
        """It refused before it was told any: then none is wrong, and no account can be locked by further tries."""
        return self.details.get("unsaid") is True


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
    """Connected, and no sample for too long, or the camera says itself that it has none for us (453, 5xx)."""

    status = 504
    words = _("The camera is connected and sends no picture: {reason}.")


class CertificateChanged(RtspError):
    """The camera shows another certificate than the one that was trusted (`shown`, `known`: SHA-256 in hexadecimal)."""

    words = _("The camera shows another certificate than before: {reason}. Accept it only if you know why.")

    def __init__(self, *, shown: str, known: str) -> None:
        super().__init__(reason=f"{readable(shown)} instead of {readable(known)}", shown=shown, known=known)


class Redirected(RtspError):
    """The camera sends us elsewhere; `location` is as it said it."""

    words = _("The camera sends the recorder elsewhere: {reason}.")

    @property
    def location(self) -> str:
        """Where to."""
        return str(self.details.get("location", ""))


def readable(fingerprint: str) -> str:
    """Write the begin of a fingerprint as certificates are shown to people: pairs of digits."""
    return ":".join(fingerprint[at : at + 2] for at in range(0, 16, 2)).upper()
