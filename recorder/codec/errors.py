"""What is raised for coded data that does not keep its standard."""

from recorder.client.errors import NightjarError
from recorder.client.words import _


class BadBitstream(NightjarError):
    """A parameter set, NAL unit or configuration that cannot be parsed; nothing of it is used."""

    status = 422
    words = _("The stream is damaged: {problem}.")
