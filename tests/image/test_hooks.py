"""What Buildroot has us do with its target and its images: seen on a tree that is laid as Buildroot's."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from buildroot_external import hooks
from buildroot_external.image import build, bundle, check, elf, rescue, root
from buildroot_external.image.family import Family
from buildroot_external.image.layout import MIB, Layout
from buildroot_external.image.tool import CannotBuild, run

REPOSITORY = Path(__file__).parents[2]
COMMON = REPOSITORY / "board" / "common"
GRUB = Path("/usr/lib/grub/x86_64-efi")
PROGRAMS = {
    "usr/sbin/dmsetup": "/usr/sbin/dmsetup",
    "usr/bin/chattr": "/usr/bin/chattr",
    "usr/bin/busybox": "/bin/busybox",
}
pytestmark = pytest.mark.peer("image programs")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return tmp_path_factory.mktemp("signers") / "keys"


@pytest.fixture
def target(tmp_path):
    """A target as Buildroot leaves it: merged /usr, its own names of users, our overlay over it."""
    place = tmp_path / "target"
    for folder in ("usr/bin", "usr/sbin", "usr/lib/tmpfiles.d", "usr/lib64", "etc", "var/lib/chrony", "var/cache/x"):
        (place / folder).mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        (place / name).symlink_to(f"usr/{name}")
    root.overlay(place)
    (place / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (place / "etc/group").write_text("root:x:0:\nvideo:x:28:\n")
    (place / "etc/shadow").write_text("root:*:::::::\ndaemon:*:::::::\n")
    (place / "usr/lib/os-release").write_text("NAME=Buildroot\n")
    return place


def made(keys, *, development):
    signer = bundle.development_signer(keys)
    signer = replace(signer, development=development)
    return build.Build(Family.read(COMMON, "x86-64"), "1.2.3", signer)


def files(place):
    return {
        str(one.relative_to(place)): one.readlink() if one.is_symlink() else one.is_file() and one.read_bytes()
        for one in place.rglob("*")
    }


def test_a_build_for_owners_has_nothing_of_the_development_build_before_it(target, keys):
    clean = shutil.copytree(target, target.parent / "clean", symlinks=True)
    hooks.post_build(target, made(keys, development=True), print)
    assert (target / "etc/shadow").read_text().startswith("root::")
    assert not (target / "etc/systemd/system/serial-getty@.service").is_symlink()
    assert (target / root.DEVELOPMENT).exists()
    hooks.post_build(target, made(keys, development=False), print)
    hooks.post_build(clean, made(keys, development=False), print)
    assert files(target) == files(clean)
    assert (target / "etc/shadow").read_text().startswith("root:*:")
    assert (target / "etc/systemd/system/serial-getty@.service").readlink() == Path("/dev/null")
    believed = sorted(one.name for one in (target / "usr/share/nightjar/update").iterdir())
    assert believed == ["permits.pem", "release.pem"]
    assert "VARIANT_ID=nightjar-x86-64" in (target / "usr/lib/os-release").read_text()
    assert (target / "etc/machine-id").read_bytes() == b""


def test_a_root_that_lacks_what_its_units_ask_for_is_refused_by_name(target):
    with pytest.raises(CannotBuild) as told:
        hooks.post_fakeroot(target, None, print)
    words = str(told.value)
    assert "nightjar-firewall.service: there is no program /usr/sbin/nft" in words
    assert "nightjar-media.service: there is no user nightjar-media" in words
    assert "multi-user.target.wants: chrony.service is not there" in words
    assert (target / "var/lib").is_dir()


def test_var_is_empty_and_made_at_each_start_with_the_owners_it_had(target, monkeypatch):
    monkeypatch.setattr(check, "missing", lambda _root: iter(()))
    (target / "var/lib/chrony").chmod(0o750)
    hooks.post_fakeroot(target, None, print)
    assert list((target / "var").iterdir()) == []
    lines = (target / "usr/lib/tmpfiles.d/packages.conf").read_text().splitlines()
    assert f"d /var/lib/chrony 0750 {os.getuid()} {os.getgid()}" in lines
    assert not any("/var/cache/" in line for line in lines)


@pytest.fixture
def images(target, tmp_path, keys):
    """What Buildroot has made when it calls us last."""
    hooks.post_build(target, made(keys, development=False), print)
    for where, source in PROGRAMS.items():
        shutil.copy(Path(source).resolve(), target / where)
    for one in elf.libraries(Path("/"), [target / one for one in PROGRAMS]):
        place = target / ("usr/lib64" if "ld-linux" in one else "usr/lib") / Path(one).name
        shutil.copy(Path(one).resolve(), place)
    for where in (*rescue.PROGRAMS, "/usr/bin/python3.13"):
        shutil.copy(target / "usr/bin/busybox", target / where.lstrip("/"))
    library = target / "usr/lib/python3.13"
    for one in ("encodings/__init__.py", *(f"site-packages/{name}/__init__.py" for name in rescue.PACKAGES)):
        place = library / one
        place.parent.mkdir(parents=True)
        place.write_text("")
    modules = target / "usr/lib/modules/6.12.0/kernel"
    modules.mkdir(parents=True)
    (modules / "erofs.ko").write_bytes(b"module")
    (modules.parent / "modules.dep").write_text("kernel/erofs.ko:\n")
    place = tmp_path / "images"
    place.mkdir()
    (place / "bzImage").write_bytes(b"kernel" * 1000)
    run("mkfs.erofs", "--quiet", place / "rootfs.erofs", target)
    grub = tmp_path / "build/grub2-2.14/build-x86_64-efi"
    grub.mkdir(parents=True)
    (grub / "grub-core").symlink_to(GRUB)
    return place


def test_of_a_finished_file_system_the_hook_makes_disk_and_bundle_that_others_read(images, target, tmp_path, keys):
    environment = {"TARGET_DIR": str(target), "BUILD_DIR": str(tmp_path / "build"), "NIGHTJAR_PYTHON": sys.executable}
    signer = bundle.development_signer(keys)
    signed = {"IMAGE_CERTIFICATE": str(signer.certificate), "IMAGE_KEY": str(signer.key), "IMAGE_VERSION": "4.5.6"}
    done = subprocess.run(
        [REPOSITORY / "buildroot_external/hooks/hook", images, "x86-64", "post-image"],
        env=os.environ | environment | signed | {"IMAGE_AUTHORITY": str(signer.authority)},
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    hooks.post_build(target, made(keys, development=False), print)
    settings = target / "etc/rauc/system.conf"
    told = run("rauc", f"--conf={settings}", "info", f"--keyring={signer.authority}", images / "nightjar-4.5.6.raucb")
    assert "nightjar-x86-64" in told
    run("unsquashfs", "-d", tmp_path / "slot", images / "kernel.img")
    words = (tmp_path / "slot/words.cfg").read_text()
    assert "nightjar.system=" in words
    assert "console=" not in words, "it was signed by a certificate that was given: no development build"
    first = run("sh", "-c", 'zstd -dc "$1" | busybox cpio -t', "sh", tmp_path / "slot/initrd").splitlines()
    assert {"init", "bin/busybox", "usr/sbin/dmsetup", "modules/erofs.ko", "lib64/ld-linux-x86-64.so.2"} <= set(first)
    run("unsquashfs", "-d", tmp_path / "rescue", images / "rescue.img")
    assert (tmp_path / "rescue/words.cfg").read_text() == words.partition(" nightjar.system=")[0] + ' fbcon=map:0"\n'
    mending = run("sh", "-c", 'zstd -dc "$1" | busybox cpio -t', "sh", tmp_path / "rescue/initrd").splitlines()
    assert {"init", "usr/bin/python3", "usr/share/nightjar/rescue/slot-a.gz", "modules/erofs.ko"} <= set(mending)
    layout = Layout.read(COMMON / "partitions.toml")
    with (images / "disk.img").open("rb") as file:
        file.seek(layout["system-a"].start_mb * MIB)
        assert file.read(4096) == (images / "rootfs.erofs").read_bytes()[:4096]


def test_a_step_that_fails_says_why_and_stops_buildroot(tmp_path):
    done = subprocess.run(
        [REPOSITORY / "buildroot_external/hooks/hook", tmp_path, "toaster", "post-build"],
        env=os.environ | {"NIGHTJAR_PYTHON": sys.executable},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "There is no family toaster" in done.stderr


def test_a_certificate_without_its_key_makes_no_development_build_in_its_place(tmp_path):
    with pytest.raises(CannotBuild, match="needs both"):
        build.asked("x86-64", None, build.Signing(tmp_path / "crt"), tmp_path / "keys")


def test_keys_that_another_user_made_are_no_riddle(tmp_path, monkeypatch):
    def closed(keys):
        raise PermissionError(13, "Permission denied", str(keys))

    monkeypatch.setattr(bundle, "development_signer", closed)
    with pytest.raises(CannotBuild, match="belongs to another user"):
        build.asked("x86-64", None, build.Signing(), tmp_path / "keys")
