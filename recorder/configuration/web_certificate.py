"""The certificate by which browsers know the recorder, carried to the same recorder, so that they are not asked again.

It lies in a folder that the web server and control share with nobody: there the server keeps its own, control reads
that for a backup, and leaves what was brought back; the server looks whether that is any good before it takes it.
"""

import logging
import os
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from recorder.client.errors import UNREADABLE
from recorder.client.instance import Instance

FOLDER_VARIABLE = "NIGHTJAR_CERTIFICATE"
"""Where control finds it, where it is not among the settings."""
CERTIFICATE, KEY = "web.crt", "web.key"
RESTORED = "restored-web.json"
LARGEST = 65_536
log = logging.getLogger(__name__)


class WebCertificate(msgspec.Struct, frozen=True):
    """Certificate and key, both PEM."""

    certificate: Annotated[str, Meta(max_length=LARGEST)]
    key: Annotated[str, Meta(max_length=LARGEST)]

    def __repr__(self) -> str:
        """Without the secret."""
        return "WebCertificate(…)"


def folder_of(instance: Instance) -> Path:
    """Give the folder where the web server keeps it."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else instance.config


def gathered(folder: Path) -> WebCertificate | None:
    """Give the one that is there; None where there is none yet, or it cannot be read."""
    try:
        return WebCertificate(*((folder / one).read_bytes()[:LARGEST].decode("ascii") for one in (CERTIFICATE, KEY)))
    except (OSError, UnicodeDecodeError) as error:
        if not isinstance(error, FileNotFoundError):
            log.warning("The certificate of the web server is left out: %s", error)
        return None


def restored(folder: Path) -> WebCertificate | None:
    """Give the one that was brought back; None where none was."""
    try:
        return msgspec.json.decode((folder / RESTORED).read_bytes(), type=WebCertificate)
    except FileNotFoundError:
        return None
    except (OSError, *UNREADABLE) as error:
        log.warning("The certificate that was brought back cannot be read: %s", error)
        return None
