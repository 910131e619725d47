"""The release of Buildroot that configs.toml names, as a folder."""

import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

from .compose import Recipe
from .download import fetch
from .image.tool import CannotBuild


def tree(recipe: Recipe, kept: Path, told: Callable[[str], None]) -> Path:
    """Give the release's folder below `kept`, fetched and unpacked where it is not there yet; raises `CannotBuild`."""
    place = kept / f"buildroot-{recipe.release}-{recipe.sha256[:16]}"
    if (place / "Makefile").exists():
        return place
    kept.mkdir(parents=True, exist_ok=True)
    archive = kept / f"{place.name}.tar.gz"
    if not archive.exists():
        told(f"Buildroot {recipe.release} from {recipe.archive}")
        try:
            fetch(recipe.archive, recipe.sha256, archive)
        except CannotBuild as error:
            raise CannotBuild(
                f"{error}\nOr name a folder that holds Buildroot {recipe.release}: BUILDROOT=folder"
            ) from error
    fresh = kept / f"{place.name}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    with tarfile.open(archive) as packed:
        packed.extractall(fresh, filter="tar")
    folders = list(fresh.iterdir())
    if len(folders) != 1 or not (folders[0] / "Makefile").exists():
        raise CannotBuild(f"{archive} is no Buildroot")
    folders[0].rename(place)
    fresh.rmdir()
    return place
