"""Our root helper on a PAM that needs no root: libpam-wrapper with its module pam_matrix, users by libnss-wrapper."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LIBRARIES = next(iter(Path("/usr/lib").glob("*/libpam_wrapper.so")), Path("/usr/lib/x")).parent
MATRIX = LIBRARIES / "pam_wrapper" / "pam_matrix.so"
# python-pam looks its library up by name and would pass by what is preloaded.
PASS_BY = """
import ctypes.util
_find = ctypes.util.find_library
ctypes.util.find_library = lambda name: {wrapper!r} if name == "pam" else _find(name)
"""
USERS = {"root": 0, "daemon": 501, "lena": 2000, "otto": 2001, "gone": 2002}
PASSWORDS = {"root": "toor toor toor", "daemon": "daemon daemon", "lena": "lena sings alto", "otto": "otto plays bass"}


@dataclass
class PamHelper:
    """One that runs."""

    socket: Path
    log: Path


@contextlib.contextmanager
def pam_helper(folder: Path, socket: Path) -> Iterator[PamHelper]:
    """Run the helper's own program; `USERS` exist, and `PASSWORDS` are what PAM takes."""
    services, python = folder / "services", folder / "python"
    for one in (folder, services, python):
        one.mkdir(exist_ok=True)
    passdb, users, groups, log = (folder / name for name in ("passdb", "users", "groups", "log"))
    passdb.write_text("".join(f"{name}:{word}:nightjar\n" for name, word in PASSWORDS.items()))
    users.write_text("".join(f"{name}:x:{number}:{number}::/nowhere:/bin/false\n" for name, number in USERS.items()))
    groups.write_text("".join(f"{name}:x:{number}:\n" for name, number in USERS.items()))
    lines = [f"{kind} required {MATRIX} passdb={passdb}\n" for kind in ("auth", "account")]
    (services / "nightjar").write_text("".join(lines))
    wrapper = LIBRARIES / "libpam_wrapper.so"
    (python / "sitecustomize.py").write_text(PASS_BY.format(wrapper=str(wrapper)))
    around = {
        "LD_PRELOAD": f"{wrapper}:{LIBRARIES / 'libnss_wrapper.so'}",
        "PAM_WRAPPER": "1",
        "PAM_WRAPPER_SERVICE_DIR": str(services),
        "NSS_WRAPPER_PASSWD": str(users),
        "NSS_WRAPPER_GROUP": str(groups),
        "PYTHONPATH": f"{python}:{Path.cwd()}",
    }
    command = [sys.executable, "-m", "recorder.pam", "--socket", str(socket)]
    with log.open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=os.environ | around)
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", log.read_text()
            yield PamHelper(socket, log)
        finally:
            process.terminate()
            process.wait(60)
