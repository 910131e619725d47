"""What RAUC is asked about bundles: whose a signature is, and to install one."""

import re
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress

from hal.admin.job import Job, ProgramFailed
from hal.firmware.inspection import Refusal

LARGEST_OUTPUT = 1 << 16
_PROGRESS = re.compile(rb"\s*(\d{1,3})% (.{0,200})")
_STRANGERS = ("local issuer certificate", "self-signed certificate", "self signed certificate", "certificate signature")
_OUT_OF_TIME = ("certificate has expired", "certificate is not yet valid")


def why(complaint: str) -> tuple[Refusal, str]:
    """Say why RAUC did not take a signature, by what it and OpenSSL complain of."""
    last = complaint.strip().splitlines()[-1][:200] if complaint.strip() else ""
    if any(one in complaint for one in _STRANGERS):
        return Refusal.FOREIGN, last
    if any(one in complaint for one in _OUT_OF_TIME):
        return Refusal.EXPIRED, last
    if "certificate purpose" in complaint:
        return Refusal.PURPOSE, last
    if "not allowed" in complaint and "format" in complaint:
        return Refusal.FORMAT, last
    return Refusal.ALTERED, last


def install(argv: Sequence[str], here: Job, patience_s: float, before: float = 0.0) -> None:
    """Run RAUC and tell what it says of its progress. It is never broken off: half an image is of no use.

    `before` percent of the whole were done before it. Raises `ProgramFailed`.
    """
    clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
    try:
        started = subprocess.Popen(
            list(argv), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=clean
        )
    except OSError as error:
        raise ProgramFailed(f"{argv[0]} could not be started: {error.strerror}") from None
    end = time.monotonic() + patience_s
    said = b""
    with started:
        assert started.stdout is not None
        for line in started.stdout:
            if found := _PROGRESS.match(line):
                with suppress(Exception):  # who asked may be gone, and it goes on
                    percent = before + (100.0 - before) * min(100.0, float(found[1])) / 100.0
                    here.tell(percent, found[2].decode(errors="replace").strip())
            else:
                said = (said + line)[-LARGEST_OUTPUT:]
            if time.monotonic() > end:
                started.kill()
    if started.returncode:
        words = said.decode(errors="replace").strip().splitlines()
        raise ProgramFailed(f"{argv[0]}: {words[-1][:200] if words else 'failed'}")
