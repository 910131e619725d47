"""The picture between boot loader and wall is the one that is drawn for it, and the boot loader can show it."""

import re

import pygame
import pytest

from buildroot_external.image import boot_loader, splash
from buildroot_external.image.tool import run
from tests.image.test_disk import COMMON

PICTURE = COMMON / "splash.png"


def test_the_picture_that_is_kept_is_the_one_that_is_drawn():
    kept = pygame.image.load(PICTURE)
    assert kept.get_size() == splash.SIZE
    assert pygame.image.tobytes(kept, "RGB") == pygame.image.tobytes(splash.draw(), "RGB")


@pytest.mark.peer("image programs")
def test_the_boot_loader_has_picture_font_and_what_reads_them(tmp_path):
    menu = COMMON / "grub.cfg"
    boot_loader.make_program("x86_64-efi", tmp_path / "grub")
    boot_loader.make_esp(boot_loader.Loader(tmp_path / "grub", "BOOTX64.EFI", menu), tmp_path / "esp", 64)
    run("mcopy", "-n", "-i", tmp_path / "esp", "::EFI/BOOT/splash.png", tmp_path / "splash.png")
    assert (tmp_path / "splash.png").read_bytes() == PICTURE.read_bytes()
    for name in re.findall(r'"\$prefix/([^"]+)"', menu.read_text()):
        run("mcopy", "-n", "-i", tmp_path / "esp", f"::EFI/BOOT/{name}", tmp_path / "found")
    assert {"png", "gfxterm", "gfxterm_background", "font", "all_video"} <= set(boot_loader.MODULES)
