"""The external tree keeps Buildroot's rules and our lock file's pins; each rule is seen to break."""

import shutil

import pytest

from buildroot_external import check, compose
from buildroot_external.check import problems


def test_the_tree_is_sound():
    assert list(problems()) == []


@pytest.fixture
def copied(tmp_path):
    """A repository with the tree, as far as the checks look at it."""
    repository = tmp_path / "repository"
    shutil.copytree(check.TREE, repository / "buildroot_external", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("rootfs", "board"):
        shutil.copytree(check.REPOSITORY / name, repository / name, symlinks=True)
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(check.REPOSITORY / name, repository / name)
    return repository


def told(repository):
    return list(problems(repository / "buildroot_external", repository))


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


MSGSPEC, PYAV = "python-msgspec", "python-pyav"
FAULTS = {
    "a hash that is not the lock file's": (
        "python-msgspec.hash",
        "sha256  0a13",
        "sha256  0b13",
        "not one of requirements.lock",
    ),
    "no hash": ("python-msgspec.hash", "msgspec-0.22.0.tar.gz", "msgspec-0.22.1.tar.gz", "no hash of msgspec-0.22.0"),
    "no hash of the licence": ("python-msgspec.hash", "  LICENSE", "  COPYING", "no hash of its licence LICENSE"),
    "another version": (
        "python-msgspec.mk",
        "VERSION = 0.22.0",
        "VERSION = 0.21.0",
        "no hash of msgspec-0.21.0.tar.gz",
    ),
    "no licence": (
        "python-msgspec.mk",
        "PYTHON_MSGSPEC_LICENSE = BSD-3-Clause\n",
        "",
        "PYTHON_MSGSPEC_LICENSE is not set",
    ),
    "a strange prefix": (
        "python-msgspec.mk",
        "PYTHON_MSGSPEC_SETUP_TYPE",
        "MSGSPEC_SETUP_TYPE",
        "MSGSPEC_SETUP_TYPE does not begin",
    ),
    "never evaluated": ("python-msgspec.mk", "$(eval $(python-package))", "", "never evaluated"),
    "another symbol": ("Config.in", "PYTHON_MSGSPEC", "PYTHON_MSGSPECS", "does not define BR2_PACKAGE_PYTHON_MSGSPEC"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_package_is_told(copied, fault):
    name, old, new, words = FAULTS[fault]
    edit(copied / "buildroot_external/package/python-msgspec" / name, old, new)
    found = told(copied)
    assert any(words in one and one.startswith("package/python-msgspec: ") for one in found), found


def test_a_package_that_nobody_sources_is_told(copied):
    edit(
        copied / "buildroot_external/Config.in",
        'source "$BR2_EXTERNAL_NIGHTJAR_PATH/package/python-pyav/Config.in"\n',
        "",
    )
    assert told(copied) == ["Config.in: it does not source python-pyav"]


def test_a_dependency_that_the_image_lacks_is_told(copied):
    edit(copied / "pyproject.toml", '  "av>=18,<19",\n', '  "av>=18,<19",\n  "scipy>=1",\n')
    assert told(copied) == ["package/nightjar/Config.in: scipy is not in the image"]
    edit(copied / "buildroot_external/package/nightjar/Config.in", "\tselect BR2_PACKAGE_PYTHON_PYAV\n", "")
    assert "package/nightjar/Config.in: av is not in the image" in told(copied)


def test_a_defconfig_is_what_its_fragments_make(copied):
    tree = copied / "buildroot_external"
    edit(tree / "fragments/storage.config", "BR2_PACKAGE_MDADM=y\n", "")
    found = told(copied)
    assert len(found) == len(compose.composed(tree))
    assert all("it is not what its fragments make" in one for one in found)


def test_a_path_that_is_not_there_and_a_line_that_is_none_are_told(copied):
    tree = copied / "buildroot_external"
    (tree / "kernel/storage.fragment").unlink()
    assert any("kernel/storage.fragment does not exist" in one for one in told(copied))
    edit(tree / "fragments/storage.config", "BR2_PACKAGE_MDADM=y\n", "PACKAGE_MDADM=y\n")
    with pytest.raises(ValueError, match=r"storage.config:\d+: no line"):
        compose.composed(tree)


def test_what_is_not_held_to_its_hash_is_told(copied):
    tree = copied / "buildroot_external"
    edit(tree / "fragments/base.config", "BR2_DOWNLOAD_FORCE_CHECK_HASHES=y\n", "")
    assert any("not held to its hash" in one for one in told(copied))


def test_the_later_of_two_lines_for_one_symbol_counts(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("# Why.\nBR2_A=y\nBR2_B=1\n")
    second.write_text("# BR2_A is not set\nBR2_C=y\n")
    assert compose.compose([first, second]) == "BR2_B=1\n# BR2_A is not set\nBR2_C=y\n"


@pytest.mark.parametrize("name", ["lib", "bin", "sbin"])
def test_an_overlay_that_would_replace_a_link_is_told(copied, name):
    (copied / "rootfs" / name).mkdir()
    assert told(copied) == [f"rootfs/{name}: it would take the place of a link; use usr/{name}"]


def test_a_program_of_the_overlay_can_be_started_and_understood(copied):
    place = copied / "rootfs/usr/bin/odd"
    place.write_text("#!/bin/sh\nif true\n")
    assert told(copied) == [
        "rootfs/usr/bin/odd: a program that nobody may start",
        "rootfs/usr/bin/odd: no shell understands it",
    ]


def test_a_user_that_only_the_twin_has_and_another_version_are_told(copied):
    edit(copied / "rootfs/usr/lib/sysusers.d/nightjar.conf", "m nightjar-gui video\n", "")
    edit(copied / "pyproject.toml", '\nversion = "', '\nversion = "9')
    assert told(copied) == [
        "users.table: it is not what rootfs says; run python -m buildroot_external compose",
        "package/nightjar: its version is not that of pyproject.toml",
    ]
