"""What Buildroot has us do with its target and its images, in three steps that its manual names.

`post-build` is done to the target as it was built, `post-fakeroot` to the copy that becomes the file system, where
files have their owners, and `post-image` to the finished file system.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from buildroot_external.image import boot_loader, check, root, system
from buildroot_external.image import build as image
from buildroot_external.image.boot_loader import Loader, Raw
from buildroot_external.image.build import Build
from buildroot_external.image.inside import inside
from buildroot_external.image.layout import Layout
from buildroot_external.image.slot import Kernel
from buildroot_external.image.tool import CannotBuild

FILE_SYSTEM = "rootfs.erofs"


def post_build(target: Path, build: Build, _told: Callable[[str], None]) -> None:
    """Write into the target what tells this build from another."""
    root.configure(target, build)


def post_fakeroot(target: Path, _build: Build, _told: Callable[[str], None]) -> None:
    """Hold the root to its units, and have /var's folders made at each start."""
    check.held(target)
    root.settle(target)


def post_image(images: Path, build: Build, told: Callable[[str], None]) -> None:
    """Make slot, disk and bundle of the finished file system."""
    target = Path(os.environ["TARGET_DIR"])
    built = Path(os.environ["BUILD_DIR"])
    sealed = images / "system.img"
    shutil.copyfile(images / FILE_SYSTEM, sealed)
    layout = Layout.read(image.COMMON / "partitions.toml")
    done = system.seal(sealed, layout["system-a"].size_mb)
    family = build.family
    with tempfile.TemporaryDirectory(dir=images, prefix="loader.") as name:
        program = Path(name) / "grub"
        boot_loader.make_program(family.loader, program, _one(built, f"grub2-*/build-{family.loader}/grub-core"))
        beside = tuple(sorted(one for pattern in family.firmware for one in images.glob(pattern)))
        raw = Raw(images / family.raw, family.raw_at_kb) if family.raw else None
        loader = Loader(program, family.program, image.COMMON / "grub.cfg", beside, raw)
        version = _one(inside(target, "/usr/lib/modules"), "*").name
        kernel = Kernel(images / family.kernel, version, build.words, inside(target, "/bin/busybox"))
        image.make(target, kernel, done, loader, build, images, told)


def _one(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise CannotBuild(f"{folder} has {len(found)} of {pattern}, and one is wanted")
    return found[0]


STEPS: dict[str, Callable[[Path, Build, Callable[[str], None]], None]] = {
    "post-build": post_build,
    "post-fakeroot": post_fakeroot,
    "post-image": post_image,
}
