"""Firmware: a bundle is taken in, checked and installed into the slot that does not run; slots are marked.

What control copied lies in the inbox, which control can write. Taken in, the file goes into the vault, becomes root's,
and nobody has it open for writing any more (a read lease of fcntl(2) is only given then): what is installed are the
bytes that were checked, and they are checked once more before they are. Signatures are judged by `rauc info`, blocks by
`hal.firmware.bundle`, since RAUC would see a damaged one only while it writes.
"""

import errno
import fcntl
import hashlib
import hmac
import os
import shutil
import stat
from collections.abc import Generator
from configparser import Error as BadIni
from configparser import RawConfigParser
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from hal.admin.job import ProgramFailed, Run, job, must, run
from hal.admin.rauc import install, why
from hal.errors import BadRequest, Refused
from hal.firmware.bundle import LARGEST_BUNDLE, BadBundle, Frame, check_blocks, frame
from hal.firmware.inspection import Inspection, Installed, Refusal, Signer
from hal.firmware.token import permits
from hal.firmware.version import Version
from hal.kinds.verbs import verb
from hal.machine import Machine

INBOX = Path("/var/lib/nightjar/state/updates")
"""Where control puts what it copied."""
VAULT = Path("/var/lib/nightjar-admin/vault")
"""Root's alone. On the file system of the inbox a bundle is moved, else it is copied."""
KEYS = Path("/usr/share/nightjar/update")
"""`release.pem`, in development images `development.pem` too: authorities; `permits.pem`: keys that sign permits."""
CONFIGURATION = "rauc/system.conf"
CHECK_S = 300.0
INSTALL_S = 3600.0
INFO_S = 90.0
"""Judging a signature takes a second; on a machine that got no processor half a minute was too short."""
MARK_S = 30.0
CHECKED_SHARE = 100.0
AGAIN_SHARE = 40.0
"""Of installing, in percent: so much of it is checking once more."""
PIECE = 1 << 20
File = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\.raucb\Z")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
SlotName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}\.[0-9]{1,2}\Z")]
Token = Annotated[str, Meta(max_length=1024)]
How = Literal["good", "bad", "active"]


class Firmwares:
    """What can be asked of the firmware."""

    def __init__(
        self,
        machine: Machine,
        inbox: Path = INBOX,
        vault: Path = VAULT,
        keys: Path = KEYS,
        run: Run = run,
    ) -> None:
        self._machine = machine
        self._inbox = inbox
        self._vault = vault
        self._keys = keys
        self._run = run

    @verb(patience_s=MARK_S)
    def installed(self) -> Installed:
        """Tell what runs, and why it could not be updated."""
        try:
            board = self._board()
        except Refused as error:
            return Installed(problem=str(error))
        development = (self._keys / "development.pem").exists()
        return Installed(board, self._version(), self._recorder(), development)

    @verb(patience_s=CHECK_S)
    def check(self, *, file: File, token: Token = "") -> Inspection:
        """Take a bundle in from the inbox, and check it; one that is refused is gone then. Raises `BadRequest`."""
        self._vault.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.discard()
        taken = self._vault / "taken.raucb"
        kept = False
        try:
            _take(self._inbox / file, taken)
            found = self._inspect(taken, token)
            if not found.refusal:
                taken.rename(self._checked(found.digest))
                kept = True
        finally:
            if not kept:
                self.discard()
        return found

    @verb(destructive=True, patience_s=INSTALL_S)
    def install(self, *, digest: Digest, token: Token = "") -> None:
        """Check what was taken in once more, and install it into the slot that does not run. It is not started.

        Raises `BadRequest`, `Refused`, `ProgramFailed`.
        """
        path = self._checked(digest)
        if not path.is_file():
            raise BadRequest("The bundle that was checked is not there any more")
        found = self._inspect(path, token, AGAIN_SHARE)
        if found.digest != digest and not found.refusal:
            found = replace(found, refusal=Refusal.SWAPPED)
        if found.refusal:
            raise Refused(f"The bundle is refused: {found.refusal} {found.detail}".strip())
        self._write(path, found)

    @verb(patience_s=MARK_S)
    def discard(self) -> None:
        """Throw away what was taken in."""
        with suppress(FileNotFoundError):
            for one in self._vault.iterdir():
                if one.is_dir() and not one.is_symlink():
                    shutil.rmtree(one)
                else:
                    one.unlink()

    @verb(patience_s=MARK_S)
    def slots(self) -> str:
        """Tell of the slots, in the words of `rauc status` in JSON; raises `ProgramFailed`."""
        told = must(self._run, ["rauc", "status", "--detailed", "--output-format=json"])
        return told.decode(errors="replace")

    @verb(destructive=True, patience_s=MARK_S)
    def mark(self, *, slot: SlotName, how: How) -> None:
        """Say of a slot that it may start, never may, or is the next to start; raises `ProgramFailed`."""
        must(self._run, ["rauc", "status", f"mark-{how}", slot])

    # --- what it is made of ---

    def _write(self, path: Path, found: Inspection) -> None:
        del found
        install(["rauc", "install", str(path)], job(), INSTALL_S, AGAIN_SHARE)
        # RAUC leaves it as one that may not start; it is whole now. It is not next.
        must(self._run, ["rauc", "status", "mark-good", "other"])

    def _board(self) -> str:
        ini = RawConfigParser(strict=False)
        try:
            ini.read_string((self._machine.etc / CONFIGURATION).read_text())
            return ini["system"]["compatible"]
        except (OSError, BadIni, KeyError, UnicodeDecodeError):
            raise Refused("This recorder does not run from an image of ours, so it is not updated by one") from None

    def _version(self) -> str:
        """Give the version of the image that runs (os-release(5)); a development tree has none."""
        for place in ("etc/os-release", "usr/lib/os-release"):
            with suppress(OSError, UnicodeDecodeError):
                for line in (self._machine.root / place).read_text().splitlines():
                    if line.startswith("IMAGE_VERSION="):
                        return line.partition("=")[2].strip().strip("'\"")
        return ""

    def _recorder(self) -> str:
        """Give a name made from the machine's id, as machine-id(5) asks: the id itself is nobody's business."""
        try:
            machine_id = (self._machine.etc / "machine-id").read_bytes().strip()
        except OSError:
            return ""
        return hmac.new(machine_id, b"nightjar update", hashlib.sha256).hexdigest()[:16]

    def _checked(self, digest: str) -> Path:
        return self._vault / f"{digest}.raucb"

    def _inspect(self, path: Path, token: str, share: float = CHECKED_SHARE) -> Inspection:
        here = job()

        def told(done: int, total: int) -> None:
            here.tell(share * done / max(1, total), "every block is compared")

        try:
            with self._held(path) as file:
                bytes_ = os.fstat(file).st_size
                found = frame(file)
                signer = self._judge(path)
                if isinstance(signer, Inspection):
                    return replace(signer, bytes=bytes_)
                if found.manifest.format != "verity":
                    return Inspection(Refusal.FORMAT, bytes=bytes_, signer=signer)
                digest = check_blocks(file, found, told)
                return self._fits(found, Inspection(digest=digest, bytes=bytes_, signer=signer), token)
        except BadBundle as error:
            return Inspection(error.refusal, detail=str(error))
        except BlockingIOError:
            return Inspection(Refusal.WRITTEN)

    @contextmanager
    def _held(self, path: Path) -> Generator[int]:
        """Open a file that nobody can write any more; raises `BadBundle`, BlockingIOError where somebody can."""
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            raise BadBundle(Refusal.NO_BUNDLE, "it is no file") from None
        try:
            about = os.fstat(file)
            # By a second name it could be another's file, which is not ours to change.
            if not stat.S_ISREG(about.st_mode) or about.st_nlink != 1:
                raise BadBundle(Refusal.NO_BUNDLE, "it is no file")
            os.fchown(file, os.geteuid(), os.getegid())
            os.fchmod(file, 0o400)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
            yield file
        finally:
            os.close(file)

    def _judge(self, path: Path) -> Signer | Inspection:
        """Have RAUC judge the signature: whose it is, or why it is none."""
        refusal, words = Refusal.FOREIGN, "no authority is known"
        for signer in (Signer.RELEASE, Signer.DEVELOPMENT):
            authority = self._keys / f"{signer}.pem"
            if not authority.exists():
                continue
            try:
                done = self._run(self._info(authority, path), b"", INFO_S)
            except ProgramFailed as error:
                return Inspection(Refusal.NO_RAUC, detail=str(error))
            if not done.status:
                return signer
            refusal, words = why(done.complaint)
            if refusal is not Refusal.FOREIGN:
                break
        return Inspection(refusal, detail=words)

    def _info(self, authority: Path, path: Path) -> list[str]:
        configuration = self._machine.etc / CONFIGURATION
        return ["rauc", f"--conf={configuration}", f"--keyring={authority}", "info", "--output-format=json", str(path)]

    def _fits(self, found: Frame, told: Inspection, token: str) -> Inspection:
        """Compare it with what runs."""
        manifest = found.manifest
        schema = manifest.word("schema")
        told = replace(
            told,
            compatible=manifest.compatible,
            version=manifest.version,
            description=manifest.description,
            built=manifest.build.split()[0] if manifest.build and "=" not in manifest.build.split()[0] else "",
            schema=int(schema) if schema.isdecimal() and len(schema) < 10 else 0,
            least=manifest.word("least"),
        )
        if manifest.compatible != self._board():
            return replace(told, refusal=Refusal.BOARD)
        try:
            offered, runs = Version.parse(manifest.version), Version.parse(self._version() or "0")
            least = Version.parse(told.least or "0")
        except ValueError:
            return replace(told, refusal=Refusal.OLDER, detail="a version that is none")
        if offered < runs:
            if not token:
                return replace(told, refusal=Refusal.OLDER)
            if not self._permitted(token, manifest.version):
                return replace(told, refusal=Refusal.PERMIT)
        if runs < least:
            return replace(told, refusal=Refusal.STEP)
        return told

    def _permitted(self, token: str, version: str) -> bool:
        recorder = self._recorder()
        try:
            keys = (self._keys / "permits.pem").read_bytes()
        except OSError:
            return False
        return bool(recorder) and permits(token, keys, recorder, version)


def _take(source: Path, to: Path) -> None:
    """Move a file in, or copy it from another file system; raises `BadRequest`, `Refused`."""
    try:
        source.rename(to)
    except FileNotFoundError:
        raise BadRequest(f"There is no {source.name} in the inbox") from None
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise Refused(f"The file could not be taken in: {error.strerror}") from None
        _copy(source, to)


def _copy(source: Path, to: Path) -> None:
    try:
        file = os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(file, "rb") as given, to.open("xb") as taken:
            while (left := LARGEST_BUNDLE - taken.tell()) and (piece := given.read(min(PIECE, left))):
                taken.write(piece)
        source.unlink()
    except OSError as error:
        raise Refused(f"The file could not be taken in: {error.strerror}") from None
