"""`python -m buildroot_external.twin`: build the twin's image, as root (docs/design/image.md)."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from buildroot_external.image import boot_loader, check, root, system
from buildroot_external.image import build as image
from buildroot_external.image.layout import Layout
from buildroot_external.image.slot import Kernel
from buildroot_external.image.tool import CannotBuild, need, run

from . import debian, made_of

OUT = image.REPOSITORY / "build" / "image"
FAMILY = "x86-64"
PROGRAMS = (
    *("mmdebstrap", "mkfs.erofs", "veritysetup", "mksquashfs", "grub-mkimage", "mcopy", "mmd", "mkfs.vfat"),
    *("mke2fs", "sfdisk", "rauc", "openssl", "depmod", "systemd-sysusers", "zstd"),
)
PACKAGES = (
    "mmdebstrap erofs-utils cryptsetup-bin squashfs-tools grub-efi-amd64-bin grub-common mtools dosfstools e2fsprogs"
    " fdisk rauc openssl kmod systemd zstd"
)


def build(asked: argparse.Namespace) -> None:
    """Build slot, disk and bundle into `asked.out`, unless they are there already; raises `CannotBuild`."""
    kept = asked.out / made_of.NAME
    options = {name: told for name, told in vars(asked).items() if name not in {"out", "again"}}
    digest = made_of.digest(image.REPOSITORY, *sorted(map(str, options.items())))
    if not asked.again and kept.exists() and kept.read_text() == digest:
        print(f"{asked.out}: nothing that it is made of has changed")
        return
    if os.geteuid():
        raise CannotBuild("The image's root is unpacked with its owners: build it as root.")
    need(PROGRAMS, PACKAGES)
    out: Path = asked.out
    out.mkdir(parents=True, exist_ok=True)
    kept.unlink(missing_ok=True)
    began = time.monotonic()

    def told(words: str) -> None:
        print(f"{time.monotonic() - began:4.0f} s  {words}", flush=True)

    base = debian.base(out / "base", image.REPOSITORY)
    told(f"Debian's packages, kernel and the wheels: {base.place.name}")
    signing = image.Signing(asked.certificate, asked.key, asked.authority, asked.permits)
    made = image.asked(FAMILY, asked.version, signing, out / "keys")
    with tempfile.TemporaryDirectory(dir=out, prefix="root.") as name:
        place = Path(name) / "root"
        run("cp", "-a", base.root, place)
        debian.install(place, image.REPOSITORY, debian.Recipe.read())
        root.overlay(place)
        root.configure(place, made)
        run("systemd-sysusers", f"--root={place}")
        check.held(place)
        root.settle(place)
        told("our files over it")
        layout = Layout.read(image.COMMON / "partitions.toml")
        sealed = system.pack(place, out / "system.img", layout["system-a"].size_mb)
        program = Path(name) / "grub"
        boot_loader.make_program(made.family.loader, program)
        loader = boot_loader.Loader(program, made.family.program, image.COMMON / "grub.cfg")
        kernel = Kernel(base.kernel, base.version, made.words, base.busybox)
        more = {"update": not asked.no_bundle, "stick": asked.installer}
        image.make(place, kernel, sealed, loader, made, out, told, **more)
    kept.write_text(digest)


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="buildroot_external.twin", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="where it is made, and where the base is kept")
    parser.add_argument("--version", help="instead of the one in pyproject.toml")
    parser.add_argument("--certificate", type=Path, help="who signs; without it this is a development build")
    parser.add_argument("--key", type=Path, help="the key of the certificate")
    parser.add_argument("--authority", type=Path, help="whom recorders believe, where it is not the signer itself")
    parser.add_argument("--permits", type=Path, help="the public key (Ed25519, PEM) of who permits older versions")
    parser.add_argument("--no-bundle", action="store_true", help="the disk alone")
    parser.add_argument("--installer", action="store_true", help="a stick that installs it, too")
    parser.add_argument("--again", action="store_true", help="also where nothing has changed")
    try:
        build(parser.parse_args())
    except CannotBuild as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
