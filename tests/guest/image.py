"""What the guest boots: Debian's kernel, a small root of Debian packages and the wheels that recording needs.

Made in about two minutes as root, without loop mounts, and kept under `build/guest/<key>`, where the key names
everything it is made of. Nothing in it is ever written: the guest lays memory over it.
"""

import hashlib
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from buildroot_external.image import cpio, tool
from buildroot_external.image.tool import CannotBuild, run
from tests.guest import kernel
from tests.guest.kernel import download

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "guest"
INSIDE = Path(__file__).parent / "inside"
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")

SUITE = "bookworm"
PACKAGES = (
    "python3",
    "kmod",
    "mount",
    "util-linux",
    "procps",
    "iproute2",
    "e2fsprogs",
    "xfsprogs",
    "dmsetup",
    "mdadm",
    "udev",
    "systemd",
    "dbus",
    "fdisk",
    "dnsmasq-base",
    "iputils-arping",
    "smartmontools",
    "hdparm",
    "ir-keytable",
)
"""Of the root. A later test that needs another program in the guest adds its package here."""
BOOT_MODULES = ("virtio_pci", "virtio_blk", "ext4", "overlay")
WHEELS = (
    *("msgspec", "psutil", "typing-extensions", "cryptography", "cffi", "pycparser", "blake3"),
    *("pyserial", "smbus2", "pyudev"),
)
"""Distributions of requirements.lock that media, reader, the store and drivers import."""
PYTHON = "3.11"
"""Debian's in this suite: wheels are chosen for it."""


@dataclass(frozen=True)
class Image:
    """A finished image: paths of kernel, first root and root."""

    place: Path

    @property
    def kernel(self) -> Path:
        return self.place / "vmlinuz"

    @property
    def initrd(self) -> Path:
        return self.place / "initrd"

    @property
    def root(self) -> Path:
        return self.place / "root.ext4"

    @classmethod
    def ready(cls, kept: Path = KEPT) -> "Image":
        """Give the image of today's recipe, made now where it is not kept yet. Raises `CannotBuild`."""
        place = kept / key()
        if not (place / "done").exists():
            _build(place)
        return cls(place)


def key() -> str:
    """Name what the image is made of: this file and those it asks, modules, first programs and the locked wheels."""
    made_of = [
        *map(Path, (__file__, cpio.__file__, kernel.__file__, tool.__file__)),
        *kernel.OWN,
        INSIDE / "init",
        INSIDE / "initrd_init",
    ]
    digest = hashlib.sha256("\n".join(locked()).encode())
    for one in made_of:
        digest.update(one.read_bytes())
    return digest.hexdigest()[:16]


def locked(lock: Path = ROOT / "requirements.lock") -> list[str]:
    """Give the lines of the lock file that pin `WHEELS`."""
    entries = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"))
    found = {one.split("==")[0]: one for one in entries}
    return [re.sub(r"\n\s+#.*", "", found[name]) for name in WHEELS]


def _build(place: Path) -> None:
    if os.geteuid():
        raise CannotBuild(
            "The guest's root is unpacked with its owners: build it as root (python -m tests.guest build)."
        )
    needed = ("mmdebstrap", "mke2fs", "qemu-system-x86_64", "make", "gcc-12", "depmod")
    if missing := [one for one in needed if shutil.which(one) is None]:
        raise CannotBuild(f"{', '.join(missing)} not found; .ci/run installs what the guest needs.")
    place.parent.mkdir(parents=True, exist_ok=True)
    for old in place.parent.iterdir():
        if not old.name.startswith("run."):
            shutil.rmtree(old)
    place.mkdir()
    with tempfile.TemporaryDirectory(dir=place, prefix="made.") as name:
        made = Path(name)
        root = made / "root"
        _debian(root)
        version = kernel.install(made, root, place / "vmlinuz")
        _wheels(made, root)
        shutil.copy(INSIDE / "init", root / "sbin" / "guest-init")
        _initrd(root, version, place / "initrd")
        pack(root, place / "root.ext4", spare_mb=16)
    (place / "done").write_text("")


def _debian(root: Path) -> None:
    # Sub-processes of the package manager want nothing of our environment.
    without = [f"--dpkgopt=path-exclude=/usr/share/{one}/*" for one in ("doc", "man", "locale", "info", "i18n")]
    run(
        *("mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", '--aptopt=Apt::Install-Recommends "false"'),
        '--aptopt=Acquire::Retries "3"',
        *without,
        f"--include={','.join(PACKAGES)}",
        *(SUITE, root, *([SOURCES] if SOURCES.exists() else [])),
    )


def _wheels(made: Path, root: Path) -> None:
    (made / "wheels.lock").write_text("\n".join(locked()) + "\n")
    target = root / "opt" / "wheels"
    chosen = ("--only-binary=:all:", "--python-version", PYTHON, "--no-deps", "--require-hashes")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
    run(*pip, "--target", target, *chosen, "-r", made / "wheels.lock")
    run("chroot", root, "python3", "-m", "compileall", "-q", "/opt/wheels", "/usr/lib/python3.11")


def _initrd(root: Path, version: str, out: Path) -> None:
    modules = root / "lib" / "modules" / version
    needs = {}
    for line in (modules / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        needs[Path(path).stem.replace("-", "_")] = [path, *others.split()]
    order: list[str] = []
    # crc32c is asked for by name while ext4 starts, so nothing depends on it.
    for name in ("crc32c_generic", *BOOT_MODULES):
        order += [one for one in reversed(needs[name]) if one not in order]
    busybox = out.parent / "busybox"
    run("dpkg-deb", "-x", download(busybox, "busybox-static"), busybox)
    archive = cpio.Archive()
    archive.add("bin/busybox", (busybox / "bin" / "busybox").read_bytes(), executable=True)
    archive.add("init", (INSIDE / "initrd_init").read_bytes(), executable=True)
    for path in order:
        archive.add(f"modules/{Path(path).name}", (modules / path).read_bytes())
    archive.add("modules/order", "\n".join(Path(one).name for one in order).encode())
    shutil.rmtree(busybox)
    out.write_bytes(archive.finish())


def pack(folder: Path, out: Path, *, spare_mb: int) -> None:
    """Make an ext4 image of a folder, without a journal: it is only ever read."""
    used = int(run("du", "-sk", folder).split()[0])
    files = sum(1 for _one in folder.rglob("*"))
    size = used * 115 // 100 + files * 512 // 1024 + (spare_mb << 10)
    options = ("-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-N", str(files + 2048), "-E", "root_owner=0:0")
    fresh = out.with_suffix(".new")
    run("mke2fs", *options, "-d", folder, fresh, f"{size}k")
    fresh.rename(out)
