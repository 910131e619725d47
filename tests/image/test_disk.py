"""Slot, bundle and disk are made without rights, and each is what the programs of others say it is."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from buildroot_external.image import boot_loader, build, bundle, disk, system
from buildroot_external.image.family import Family
from buildroot_external.image.layout import MIB, Layout
from buildroot_external.image.slot import Slot
from buildroot_external.image.tool import CannotBuild, run
from buildroot_external.twin import made_of
from tests.hal.rescue.test_install import roots

REPOSITORY = Path(__file__).parents[2]
COMMON = REPOSITORY / "board" / "common"
pytestmark = pytest.mark.peer("image programs")


@pytest.fixture(scope="module")
def layout():
    return Layout.read(COMMON / "partitions.toml")


@pytest.fixture(scope="module")
def made(tmp_path_factory, layout):
    """Give a slot whose system is three files."""
    place = tmp_path_factory.mktemp("slot")
    tree = place / "root"
    (tree / "usr").mkdir(parents=True)
    for name in ("one", "two", "three"):
        (tree / "usr" / name).write_bytes(name.encode() * 50_000)
    kernel = place / "kernel.img"
    kernel.write_bytes(b"kernel" * 1000)
    return Slot(kernel, system.pack(tree, place / "system.img", layout["system-a"].size_mb))


def proved(found):
    """Whether veritysetup finds every block to be what the digest says."""
    sizes = ("--no-superblock", "--data-block-size=4096", "--hash-block-size=4096", f"--data-blocks={found.blocks}")
    where = (f"--hash-offset={found.blocks * 4096}", f"--salt={found.salt}", "--hash=sha256")
    words = ["veritysetup", "verify", *sizes, *where, str(found.path), str(found.path), found.root_hash]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


def test_a_system_is_proved_by_its_digest_and_one_bit_is_enough_to_fail(made, tmp_path):
    assert proved(made.system)
    broken = shutil.copy(made.system.path, tmp_path / "broken.img")
    with broken.open("r+b") as file:
        file.seek(5000)
        byte = file.read(1)[0]
        file.seek(5000)
        file.write(bytes([byte ^ 1]))
    assert not proved(system.System(broken, made.system.blocks, made.system.root_hash, made.system.salt))


def test_a_system_that_is_too_large_for_its_partition_is_refused(tmp_path):
    (tmp_path / "out").write_bytes(bytes(3 << 20))
    with pytest.raises(CannotBuild, match="its partition has 1"):
        system.seal(tmp_path / "out", 1)


def test_the_disk_has_the_partitions_in_their_places(made, layout, tmp_path):
    out = tmp_path / "disk.img"
    program, raw = tmp_path / "grub", tmp_path / "raw"
    boot_loader.make_program("x86_64-efi", program)
    (tmp_path / "overlays").mkdir()
    (tmp_path / "overlays/one.dtbo").write_bytes(b"overlay")
    raw.write_bytes(b"first" * 1000)
    beside = (tmp_path / "overlays",)
    loader = boot_loader.Loader(program, "BOOTX64.EFI", COMMON / "grub.cfg", beside, boot_loader.Raw(raw, 32))
    disk.make(made, layout, loader, out)
    table = json.loads(run("sfdisk", "--json", out))["partitiontable"]
    assert table["label"] == "gpt"
    assert [(one["name"], one["start"] * 512, one["size"] * 512) for one in table["partitions"]] == [
        (one.label, one.start_mb * MIB, one.size_mb * MIB) for one in layout.partitions
    ]
    with out.open("rb") as file:
        file.seek(layout["system-a"].start_mb * MIB)
        assert file.read(made.system.path.stat().st_size) == made.system.path.read_bytes()
        file.seek(32 << 10)
        assert file.read(5000) == raw.read_bytes()
    assert out.stat().st_blocks * 512 < 200 * MIB, "what is empty takes no room"
    for label in ("config", "data"):
        alone = tmp_path / label
        where = (f"skip={layout[label].start_mb}", f"count={layout[label].size_mb}")
        run("dd", f"if={out}", f"of={alone}", "bs=1M", *where, "conv=sparse", "status=none")
        assert roots(alone) > 0, "root's audit has room when nobody else has"
    esp = f"{out}@@{layout['esp'].start_mb}M"
    assert run("mtype", "-i", esp, "::EFI/BOOT/grub.cfg") == (COMMON / "grub.cfg").read_text()
    assert run("mtype", "-i", esp, "::overlays/one.dtbo") == "overlay"
    run("mcopy", "-i", esp, "::EFI/BOOT/BOOTX64.EFI", tmp_path / "copied")
    assert (tmp_path / "copied").read_bytes() == program.read_bytes()


def test_what_a_processor_reads_first_is_refused_where_it_would_reach_the_partitions(made, layout, tmp_path):
    raw = tmp_path / "raw"
    with raw.open("wb") as file:
        file.truncate(layout.partitions[0].start_mb * MIB)
    loader = boot_loader.Loader(raw, "BOOTAA64.EFI", COMMON / "grub.cfg", (), boot_loader.Raw(raw, 32))
    with pytest.raises(CannotBuild, match="raw is too large"):
        disk.make(made, layout, loader, tmp_path / "disk.img")


def test_the_numbers_that_the_menu_goes_by_are_those_of_the_layout(layout):
    menu = (COMMON / "grub.cfg").read_text()
    for label in ("env", "kernel-a", "kernel-b"):
        assert f"gpt{layout[label].number})" in menu


def test_the_boot_menu_is_a_script_that_grub_reads():
    run("grub-script-check", COMMON / "grub.cfg")


def test_the_first_program_of_the_boot_is_a_script_that_its_shell_reads():
    for one in ("init", "disk", "reset"):
        run("busybox", "sh", "-n", REPOSITORY / f"buildroot_external/image/first_root_{one}")


def test_a_new_environment_names_slot_a_and_counts_from_zero(tmp_path):
    boot_loader.make_env(tmp_path / "env", 64)
    run("mcopy", "-i", tmp_path / "env", "::grubenv", tmp_path / "grubenv")
    told = dict(line.split("=", 1) for line in run("grub-editenv", tmp_path / "grubenv", "list").splitlines())
    assert told == {"ORDER": "A B", "A_OK": "1", "A_TRY": "0", "B_OK": "0", "B_TRY": "0"}


def test_a_bundle_is_believed_by_who_has_its_authority_and_by_nobody_else(made, tmp_path):
    ours = bundle.development_signer(tmp_path / "ours")
    foreign = bundle.development_signer(tmp_path / "foreign")
    out = tmp_path / "update.raucb"
    bundle.make(made, bundle.Identity("nightjar-x86-64", "1.2.3"), ours, out)
    conf = tmp_path / "rauc.conf"
    conf.write_text((COMMON / "rauc.conf.in").read_text().replace("@COMPATIBLE@", "nightjar-x86-64"))
    asked = ("rauc", f"--conf={conf}", "info", "--output-format=json")
    told = json.loads(run(*asked, f"--keyring={ours.authority}", out))
    assert (told["compatible"], told["version"]) == ("nightjar-x86-64", "1.2.3")
    assert sorted(slot for image in told["images"] for slot in image) == ["kernel", "system"]
    with pytest.raises(CannotBuild, match=r"(?i)verif"):
        run(*asked, f"--keyring={foreign.authority}", out)


def test_a_development_signer_is_made_once_and_its_key_is_its_owner_s(tmp_path):
    first = bundle.development_signer(tmp_path / "keys")
    key = first.key.read_bytes()
    assert bundle.development_signer(tmp_path / "keys").key.read_bytes() == key
    assert first.key.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("lost", [("permits.key", "permits.pem"), ("permits.pem",), ("permits.key",)])
def test_a_folder_of_keys_from_before_there_were_permits_gets_them_and_keeps_its_signer(tmp_path, lost):
    first = bundle.development_signer(tmp_path / "keys")
    certificate, authority = first.certificate.read_bytes(), first.authority.read_bytes()
    for one in lost:
        (tmp_path / "keys" / one).unlink()
    again = bundle.development_signer(tmp_path / "keys")
    assert (again.certificate.read_bytes(), again.authority.read_bytes()) == (certificate, authority)
    permits = tmp_path / "keys" / "permits.key"
    assert run("openssl", "pkey", "-in", permits, "-pubout") == again.permits.read_text()
    assert permits.stat().st_mode & 0o077 == 0


def built(development):
    signer = bundle.Signer(Path("crt"), Path("key"), Path("pem"), development)
    return build.Build(Family.read(COMMON, "x86-64"), "1.2.3", signer)


def test_only_a_development_build_speaks_at_the_serial_port():
    assert "console=" not in built(development=False).words
    assert "console=ttyS0" in built(development=True).words


def test_a_family_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(CannotBuild, match="no family toaster, only x86-64, rpi-cm5, rk3588"):
        Family.read(COMMON, "toaster")


def test_an_image_is_built_again_where_a_file_of_it_changed_and_not_else(tmp_path):
    for tree in made_of.TREES:
        (tmp_path / tree / "__pycache__").mkdir(parents=True)
        (tmp_path / tree / "one").write_text(tree)
    for name in made_of.FILES:
        (tmp_path / name).write_text(name)
    first = made_of.digest(tmp_path)
    (tmp_path / "gui" / "__pycache__" / "one.pyc").write_bytes(b"compiled")
    assert made_of.digest(tmp_path) == first
    found = {first, made_of.digest(tmp_path, "without a bundle")}
    for change in (
        lambda: (tmp_path / "rootfs" / "one").chmod(0o755),
        lambda: (tmp_path / "rootfs" / "two").symlink_to("one"),
        lambda: (tmp_path / "hal" / "one").write_text("another"),
        lambda: (tmp_path / "requirements.lock").write_text("another"),
        lambda: (tmp_path / "board" / "one").rename(tmp_path / "board" / "other"),
    ):
        change()
        found.add(made_of.digest(tmp_path))
    assert len(found) == 7
