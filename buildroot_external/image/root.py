"""A finished root: what both images do to their packages' files before these become a slot."""

import shutil
from pathlib import Path

from .build import COMMON, REPOSITORY, Build
from .tool import run

DEVELOPMENT = "usr/share/nightjar/development"


def overlay(root: Path) -> None:
    """Lay our files over a root that has its packages. Buildroot does it by itself (BR2_ROOTFS_OVERLAY)."""
    kept = ("--no-dereference", "--preserve=mode,links", "--remove-destination")
    run("cp", "-r", *kept, f"{REPOSITORY / 'rootfs'}/.", root)


def configure(root: Path, build: Build) -> None:
    """Write what tells one build from another. What an earlier build left in the same root goes."""
    share = root / "usr" / "share" / "nightjar"
    for one in ("board", "update"):
        shutil.rmtree(share / one, ignore_errors=True)
    shutil.copytree(REPOSITORY / "board", share / "board")
    shutil.copy(COMMON / "state.list", share)
    for folder in ("boot/env", "config", "etc/nightjar", "etc/rauc", "var"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    settings = (COMMON / "rauc.conf.in").read_text().replace("@COMPATIBLE@", build.family.compatible)
    (root / "etc/rauc/system.conf").write_text(settings)
    shutil.copy(build.signer.authority, root / "etc/rauc/keyring.pem")
    believed = share / "update"
    believed.mkdir()
    shutil.copy(build.signer.authority, believed / ("development.pem" if build.development else "release.pem"))
    if build.signer.permits is not None:
        shutil.copy(build.signer.permits, believed / "permits.pem")
    (root / "etc/nightjar/board").write_text(f"{build.family.compatible}\n")
    (root / "etc/hostname").write_text("nightjar\n")
    (root / "etc/machine-id").write_text("")
    _name(root, build)
    _login(root, build)


def settle(root: Path) -> None:
    """Have /var's folders made at each start as packages want them: at the first one the partition is empty.

    It wants the owners that the root is to have.
    """
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


def _name(root: Path, build: Build) -> None:
    lines = [
        'NAME="Nightjar"',
        "ID=nightjar",
        f'PRETTY_NAME="Nightjar {build.version}"',
        f"VERSION_ID={build.version}",
        "IMAGE_ID=nightjar",
        f"IMAGE_VERSION={build.version}",
        f"VARIANT_ID={build.family.compatible}",
    ]
    release = root / "usr/lib/os-release"
    release.unlink(missing_ok=True)
    release.write_text("\n".join(lines) + "\n")


def _login(root: Path, build: Build) -> None:
    """Let who sits at the serial port of a development build log in as root, without a password; nobody else."""
    console = root / "etc/systemd/system/serial-getty@.service"
    console.unlink(missing_ok=True)
    (root / DEVELOPMENT).unlink(missing_ok=True)
    greeting = (REPOSITORY / "rootfs/etc/issue").read_text()
    if build.development:
        greeting += "This is a development build. It is not for use.\n\n"
        (root / DEVELOPMENT).write_text("This is a development build.\n")
    else:
        console.symlink_to("/dev/null")
    (root / "etc/issue").write_text(greeting)
    shadow = root / "etc/shadow"
    lines = [line.split(":") for line in shadow.read_text().splitlines()]
    for one in lines:
        if one[0] == "root":
            one[1] = "" if build.development else "*"
    shadow.write_text("".join(":".join(one) + "\n" for one in lines))
