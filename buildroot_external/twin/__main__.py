"""`python -m buildroot_external.twin`: build the twin's image, as root (docs/design/image.md)."""

import argparse
import os
import sys
import tempfile
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from buildroot_external.image import bundle, disk, root, slot
from buildroot_external.image.layout import Layout
from buildroot_external.image.tool import CannotBuild, need, run
from recorder.update.backup import SCHEMA

from . import debian

REPOSITORY = Path(__file__).parents[2]
OUT = REPOSITORY / "build" / "image"
COMPATIBLE = "nightjar-x86-64"
PROGRAMS = (
    *("mmdebstrap", "mkfs.erofs", "veritysetup", "mksquashfs", "grub-mkimage", "grub-editenv", "mcopy", "mmd"),
    *("mkfs.vfat", "mke2fs", "sfdisk", "rauc", "openssl", "depmod", "systemd-sysusers", "zstd"),
)
PACKAGES = (
    "mmdebstrap erofs-utils cryptsetup-bin squashfs-tools grub-efi-amd64-bin grub-common mtools dosfstools e2fsprogs"
    " fdisk rauc openssl kmod systemd zstd"
)


def build(asked: argparse.Namespace) -> None:
    """Build slot, disk and bundle into `asked.out`; raises `CannotBuild`."""
    if os.geteuid():
        raise CannotBuild("The image's root is unpacked with its owners: build it as root.")
    need(PROGRAMS, PACKAGES)
    out: Path = asked.out
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()

    def told(words: str) -> None:
        print(f"{time.monotonic() - began:4.0f} s  {words}", flush=True)

    base = debian.base(out / "base", REPOSITORY)
    told(f"Debian's packages, kernel and the wheels: {base.place.name}")
    signer = bundle.development_signer(out / "keys")
    if asked.certificate:
        signer = bundle.Signer(
            asked.certificate, asked.key, asked.authority or asked.certificate, permits=asked.permits
        )
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
    identity = bundle.Identity(COMPATIBLE, asked.version or version, SCHEMA, moment)
    made = root.Build(identity, signer, development=not asked.certificate)
    layout = Layout.read(REPOSITORY / "board" / "common" / "partitions.toml")
    with tempfile.TemporaryDirectory(dir=out, prefix="root.") as name:
        place = Path(name) / "root"
        run("cp", "-a", base.root, place)
        debian.install(place, REPOSITORY, debian.Recipe.read())
        root.finish(place, REPOSITORY, made)
        told("our files over it")
        common = REPOSITORY / "board" / "common"
        words = root.words(common, development=made.development)
        kernel = slot.Kernel(base.kernel, base.version, words, base.busybox)
        done = slot.make(place, kernel, layout, out)
    told(f"a slot: {done.system.path.stat().st_size >> 20} MB")
    disk.make(done, layout, REPOSITORY / "board" / "common" / "grub.cfg", out / "disk.img")
    told(f"the disk: {out / 'disk.img'}")
    if not asked.no_bundle:
        bundle.make(done, identity, signer, out / f"nightjar-{identity.version}.raucb")
        told("the bundle for updates")


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
    try:
        build(parser.parse_args())
    except CannotBuild as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
