"""What the root helper found out about a bundle, and about the firmware that runs: the messages that control gets."""

from dataclasses import dataclass
from enum import StrEnum


class Refusal(StrEnum):
    """Why a bundle is not installed. `recorder.update.words` has a sentence for each."""

    NONE = ""
    NO_BUNDLE = "no_bundle"
    """It is another kind of file."""
    CUT = "cut"
    """Its end is missing."""
    DAMAGED = "damaged"
    """A block of it is not as it was signed."""
    ALTERED = "altered"
    """The signature is not of what it stands under."""
    FOREIGN = "foreign"
    """Signed by somebody whom this recorder does not know."""
    PURPOSE = "purpose"
    """Signed with a certificate that is not for firmware."""
    EXPIRED = "expired"
    """The certificate was not valid when it was signed."""
    FORMAT = "format"
    """A bundle of a kind whose blocks cannot be checked."""
    BOARD = "board"
    OLDER = "older"
    PERMIT = "permit"
    """Older, and the permit that was given is not for this recorder and version, or not signed."""
    STEP = "step"
    """It asks for a newer version to be installed first."""
    WRITTEN = "written"
    """Somebody has the file open to write it."""
    SWAPPED = "swapped"
    """It is not the one that was checked."""
    NO_RAUC = "no_rauc"
    """The program that checks signatures is not there, or did not end in time: `detail`."""


class Signer(StrEnum):
    """Whose certificate signed a bundle."""

    NOBODY = ""
    RELEASE = "release"
    DEVELOPMENT = "development"


@dataclass(frozen=True)
class Inspection:
    """A bundle. What it says of itself is told only where its signature is good."""

    refusal: Refusal = Refusal.NONE
    digest: str = ""
    """SHA-256 of the whole file, by which it is installed."""
    bytes: int = 0
    compatible: str = ""
    version: str = ""
    description: str = ""
    built: str = ""
    schema: int = 0
    """The format of settings that it writes; 0: not told."""
    least: str = ""
    """The version that must be installed before it."""
    signer: Signer = Signer.NOBODY
    detail: str = ""
    """For the log."""


@dataclass(frozen=True)
class Installed:
    """The firmware that runs."""

    compatible: str = ""
    version: str = ""
    recorder: str = ""
    """By this name permits are given; made from the machine's id, which it does not tell."""
    development: bool = False
    """It takes what anybody signs who has the development key."""
    problem: str = ""
    """Why this recorder cannot be updated; empty: it can."""
