"""A finished root: what both images do to their packages' files before these become a slot."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from .bundle import Identity, Signer
from .tool import run

SERIAL = "console=ttyS0,115200"


@dataclass(frozen=True)
class Build:
    """What is built. A development build has a serial console with a login, and says what it is."""

    identity: Identity
    signer: Signer
    development: bool


def finish(root: Path, repository: Path, build: Build) -> None:
    """Lay our files over a root that has its packages."""
    run(
        "cp",
        "-r",
        "--no-dereference",
        "--preserve=mode,links",
        "--remove-destination",
        f"{repository / 'rootfs'}/.",
        root,
    )
    common = repository / "board" / "common"
    share = root / "usr" / "share" / "nightjar"
    share.mkdir(parents=True, exist_ok=True)
    shutil.copytree(repository / "board", share / "board", dirs_exist_ok=True)
    shutil.copy(common / "state.list", share)
    for folder in ("boot/env", "config", "etc/nightjar", "etc/rauc", "var"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    settings = (common / "rauc.conf.in").read_text().replace("@COMPATIBLE@", build.identity.compatible)
    (root / "etc/rauc/system.conf").write_text(settings)
    shutil.copy(build.signer.authority, root / "etc/rauc/keyring.pem")
    believed = share / "update"
    believed.mkdir(exist_ok=True)
    shutil.copy(build.signer.authority, believed / ("development.pem" if build.signer.development else "release.pem"))
    if build.signer.permits is not None:
        shutil.copy(build.signer.permits, believed / "permits.pem")
    (root / "etc/nightjar/board").write_text(f"{build.identity.compatible}\n")
    (root / "etc/hostname").write_text("nightjar\n")
    (root / "etc/machine-id").write_text("")
    _name(root, build.identity)
    run("systemd-sysusers", f"--root={root}")
    _variable(root)
    if build.development:
        _open(root)


def words(common: Path, *, development: bool) -> str:
    """Give what the kernel is told."""
    told = (common / "words").read_text().split()
    return " ".join([*told, *((SERIAL,) if development else ())])


def _name(root: Path, identity: Identity) -> None:
    lines = [
        'NAME="Nightjar"',
        "ID=nightjar",
        f'PRETTY_NAME="Nightjar {identity.version}"',
        f"VERSION_ID={identity.version}",
        "IMAGE_ID=nightjar",
        f"IMAGE_VERSION={identity.version}",
        f"VARIANT_ID={identity.compatible}",
    ]
    release = root / "usr/lib/os-release"
    release.unlink(missing_ok=True)
    release.write_text("\n".join(lines) + "\n")


def _variable(root: Path) -> None:
    """Have /var's folders made at each start as packages want them: at the first one the partition is empty."""
    lines = ["# The folders that packages have below /var."]
    for place in sorted((root / "var").rglob("*")):
        name = place.relative_to(root)
        if place.is_symlink() or not place.is_dir() or name.parts[1] in {"cache", "backups", "run", "lock"}:
            continue
        if name.parts[:3] in {("var", "lib", "apt"), ("var", "lib", "dpkg"), ("var", "lib", "nightjar")}:
            continue
        found = place.stat()
        lines.append(f"d /{name} {found.st_mode & 0o7777:04o} {found.st_uid} {found.st_gid}")
    (root / "usr/lib/tmpfiles.d/packages.conf").write_text("\n".join(lines) + "\n")
    shutil.rmtree(root / "var")
    (root / "var").mkdir()


def _open(root: Path) -> None:
    """Let who sits at the serial port of a development build log in as root, without a password."""
    (root / "usr/share/nightjar/development").write_text("This is a development build.\n")
    (root / "etc/systemd/system/serial-getty@.service").unlink()
    run("chroot", root, "passwd", "--delete", "root")
