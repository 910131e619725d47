"""What is built: for which family of boards, of which version, signed by whom; and the files that come of it."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recorder.update.backup import SCHEMA

from . import bundle, disk, installer, rescue, slot
from .boot_loader import Loader
from .bundle import Identity, Signer
from .family import Family
from .layout import Layout
from .slot import Kernel
from .system import System
from .tool import CannotBuild

REPOSITORY = Path(__file__).parents[2]
COMMON = REPOSITORY / "board" / "common"
KEYS = REPOSITORY / "build" / "image" / "keys"
"""Of development builds: one signer for all that are made here, or the twin would not take Buildroot's bundle."""


@dataclass(frozen=True)
class Signing:
    """Whose certificate and key sign; whom recorders believe, if not the signer himself; who permits older versions."""

    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None
    permits: Path | None = None


@dataclass(frozen=True)
class Build:
    """A build. Of development is one whose signer was made here: it has a console with a login, and says what it is."""

    family: Family
    version: str
    signer: Signer

    @property
    def development(self) -> bool:
        """Whether its signer was made on this machine."""
        return self.signer.development

    @property
    def identity(self) -> Identity:
        """What its bundle is for."""
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
        return Identity(self.family.compatible, self.version, SCHEMA, moment)

    @property
    def words(self) -> str:
        """What the kernel is told."""
        told = (COMMON / "words").read_text().split()
        return " ".join([*told, *((f"console={self.family.serial}",) if self.development else ())])


def asked(family: str, version: str | None, signing: Signing, keys: Path = KEYS) -> Build:
    """Give what was asked for: without a certificate a development build; raises `CannotBuild`."""
    if signing == Signing():
        try:
            signer = bundle.development_signer(keys)
        except PermissionError as error:
            words = f"{keys} belongs to another user, who built here before: build as that one, or remove the folder."
            raise CannotBuild(words) from error
    elif signing.certificate is None or signing.key is None:
        raise CannotBuild("A build for owners needs both the certificate that signs it and its key.")
    else:
        authority = signing.authority or signing.certificate
        signer = Signer(signing.certificate, signing.key, authority, permits=signing.permits)
    return Build(Family.read(COMMON, family), version or ours(), signer)


def ours() -> str:
    """Give the version that pyproject.toml names."""
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def make(
    root: Path,
    kernel: Kernel,
    system: System,
    loader: Loader,
    build: Build,
    out: Path,
    told: Callable[[str], None],
    *,
    update: bool = True,
    stick: bool = False,
) -> None:
    """Make of a root and its sealed system the slot, the rescue system and the disk; raises `CannotBuild`.

    For `update` the bundle too, for `stick` an installer's stick, which carries that.
    """
    layout = Layout.read(COMMON / "partitions.toml")
    done = slot.make(root, kernel, system, layout, out)
    told(f"a slot: {system.path.stat().st_size >> 20} MB")
    mending = rescue.make(root, kernel, build.version, layout, out)
    told(f"the rescue system: {mending.partition.stat().st_size >> 20} MB")
    disk.make(done, layout, loader, out / "disk.img", mending.partition)
    told(f"the disk: {out / 'disk.img'}")
    if update or stick:
        place = out / f"nightjar-{build.version}.raucb"
        bundle.make(done, build.identity, build.signer, place)
        told(f"the bundle for updates: {place}")
        if stick:
            installer.make(
                mending, installer.Carried(place, build.version), kernel, loader, layout, out / "installer.img"
            )
            told(f"the installer's stick: {out / 'installer.img'}")
