"""Runs a Buildroot: on a defconfig of ours, out of its tree, with sources from one folder."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .compose import LINE, TREE
from .image.tool import CannotBuild

PATIENCE_S = 600
"""For what only configures or tells; a build takes hours."""
LAST_LINES = 30
MESSAGE = re.compile(r"^(?:\x1b\[\d*m)*>>> (.*?)(?:\x1b\[\d*m|\x1b\(B|\x0f)*$")
"""What Buildroot says of each package, bold where it can be."""
NO_SOURCE = re.compile(r"/build/([^/\s]+)/\.stamp_downloaded\] Error")
"""What make says of a package whose source could not be fetched."""
SPDX = "cyclonedx/spdx-1.6.schema.json"
"""Where Buildroot's generate-cyclonedx keeps the names of licences, in the folder of sources."""

WORDS = ("IMAGE", "BUILDROOT", "ARGS")
"""What `make image` is told, and no package need know."""
SIGNING = ("IMAGE_CERTIFICATE", "IMAGE_KEY", "IMAGE_AUTHORITY", "IMAGE_PERMITS")
"""Files of who signs, for the hooks."""


@dataclass(frozen=True)
class Builder:
    """A Buildroot, the name of one of our defconfigs, where it builds, and where sources lie and are fetched to."""

    release: Path
    name: str
    out: Path
    sources: Path | None = None

    def make(self, *what: str) -> subprocess.CompletedProcess[str]:
        """Have it do something short, and give what it said."""
        return subprocess.run(
            self._command(*what),
            cwd=self.release,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )

    def configure(self) -> None:
        """Take the defconfig; raises `CannotBuild` where Buildroot does not, or drops a line of it."""
        done = self.make(f"{self.name}_defconfig")
        if done.returncode:
            raise CannotBuild(f"Buildroot does not take {self.name}:\n{done.stderr.strip()[-2000:]}")
        text = (TREE / "configs" / f"{self.name}_defconfig").read_text(encoding="utf-8")
        if lost := list(self.dropped(text)):
            raise CannotBuild(f"Buildroot drops of {self.name}:\n" + "\n".join(lost))

    def dropped(self, text: str) -> Iterator[str]:
        """Give the lines of a defconfig that the configuration does not hold."""
        chosen = (self.out / ".config").read_text().splitlines()
        for line in text.splitlines():
            found = LINE.fullmatch(line)
            if found is None:
                continue
            off = line.startswith("#")
            if any(one.startswith(f"{found[1]}=") for one in chosen) if off else line not in chosen:
                yield line

    def build(self, what: str, told: Callable[[str], None], *, all_faults: bool = False) -> None:
        """Have it do something long; raises `CannotBuild` with the end of its words, all of which are kept.

        With `all_faults` it goes on behind the first one.
        """
        words = (*(("--keep-going",) if all_faults else ()), what)
        log = self.out / f"{what}.log"
        with (
            log.open("w") as kept,
            subprocess.Popen(
                self._command(*words),
                cwd=self.release,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as process,
        ):
            assert process.stdout
            for line in process.stdout:
                kept.write(line)
                if found := MESSAGE.match(line.rstrip()):
                    told(found[1])
        if process.returncode:
            last = "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:])
            why = f"Buildroot stopped; all that it said is in {log}, and last:\n{last}"
            if missing := NO_SOURCE.findall(log.read_text(errors="replace")):
                why += (
                    f"\nThe sources of {', '.join(missing)} could not be fetched. Where there is a network:"
                    " make image-sources NIGHTJAR_SOURCES=folder; with that folder an image is built without one."
                )
            raise CannotBuild(why)

    def packages(self) -> dict[str, Any]:
        """Give what it knows of each package in the image; raises `CannotBuild`."""
        shown = self.make("show-info")
        try:
            return json.loads(shown.stdout[shown.stdout.index("{") :])
        except ValueError as error:
            raise CannotBuild(f"Buildroot cannot tell its packages: {shown.stderr.strip()[-2000:]}") from error

    def bill(self, version: str, out: Path, told: Callable[[str], None]) -> None:
        """Write what the image is made of, as CycloneDX; raises `CannotBuild`."""
        about = json.dumps(self.packages())
        done = self._cyclonedx(about, version, self._environment())
        if done.returncode:
            # Without the list licences have their names, and no identifiers: that is CycloneDX too.
            told("The list of SPDX's names of licences is not there, and could not be fetched: they stand by name.")
            with tempfile.TemporaryDirectory() as name:
                names = Path(name) / SPDX
                names.parent.mkdir()
                names.write_text('{"enum": []}')
                done = self._cyclonedx(about, version, self._environment() | {"BR2_DL_DIR": name})
        if done.returncode:
            raise CannotBuild(f"The bill of materials cannot be made:\n{done.stderr.strip()[-2000:]}")
        out.write_text(done.stdout, encoding="utf-8")

    def _cyclonedx(self, about: str, version: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        named = ("--project-name", "nightjar", "--project-version", version)
        return subprocess.run(
            [sys.executable, "utils/generate-cyclonedx", *named],
            cwd=self.release,
            env=environment,
            input=about,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )

    def _command(self, *what: str) -> list[str]:
        return [shutil.which("make") or "make", "-s", f"O={self.out}", f"BR2_EXTERNAL={TREE}", *what]

    def _environment(self) -> dict[str, str]:
        # What the caller's make told its children is not for this one, nor for what it builds.
        ours = ("MAKE", "MFLAGS")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours) and name not in WORDS}
        # The hooks run elsewhere.
        kept |= {name: str(Path(kept[name]).resolve()) for name in SIGNING if kept.get(name)}
        kept["NIGHTJAR_PYTHON"] = sys.executable
        if self.sources is not None:
            kept |= {"BR2_DL_DIR": str(self.sources), "NIGHTJAR_SOURCES": str(self.sources)}
        if os.geteuid() == 0:
            # Some packages refuse to be configured by root. Where root builds, it has the machine to itself.
            kept["FORCE_UNSAFE_CONFIGURE"] = "1"
        return kept
