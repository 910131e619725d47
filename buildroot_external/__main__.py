"""`python -m buildroot_external VERB`: the external tree, and the image that Buildroot makes (docs/guide/build.md).

`compose` and `check` make the tree and hold it to its rules; `image`, `sources`, `bill` and `legal-info` run Buildroot.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from . import buildroot, release, sources
from .builder import Builder
from .check import REPOSITORY, problems, project
from .compose import Recipe, composed, users_table
from .image.tool import CannotBuild, need

PROGRAMS = (
    *("make", "gcc", "g++", "ld", "patch", "perl", "cpio", "unzip", "rsync", "file", "bc", "wget", "flock", "bzip2"),
    *("gzip", "tar", "sed", "awk", "diff", "find", "which"),
)
PACKAGES = "build-essential patch perl cpio unzip rsync file bc wget util-linux bzip2 gawk diffutils debianutils"


def _compose(_asked: argparse.Namespace) -> int:
    table, text = users_table()
    for path, words in {**composed(), table: text}.items():
        path.write_text(words, encoding="utf-8")
    return 0


def _check(asked: argparse.Namespace) -> int:
    found = [*problems()]
    if asked.buildroot is not None:
        found += buildroot.problems(asked.buildroot.resolve(), asked.out.resolve())
    for one in found:
        print(one, file=sys.stderr)
    print(f"{len(composed())} configurations, {len(found)} faults")
    return 1 if found else 0


def _told(words: str) -> None:
    print(words, flush=True)


def _builder(asked: argparse.Namespace) -> Builder:
    name = f"nightjar_{asked.image}"
    known = [one.removeprefix("nightjar_") for one in Recipe.read().configs]
    if asked.image not in known:
        raise CannotBuild(f"There is no image {asked.image}, only {', '.join(known)}")
    need(PROGRAMS, PACKAGES)
    place = asked.buildroot or release.tree(Recipe.read(), REPOSITORY / "build" / "buildroot", _told)
    if not (place / "Makefile").exists():
        raise CannotBuild(f"{place} holds no Buildroot")
    out = (asked.out / name).resolve()
    out.mkdir(parents=True, exist_ok=True)
    builder = Builder(place.resolve(), name, out, asked.sources.resolve())
    builder.configure()
    return builder


def _sources(asked: argparse.Namespace) -> int:
    builder = _builder(asked)
    for one in sources.fetch(asked.sources.resolve()):
        _told(one)
    builder.build("source", _told, all_faults=True)
    return 0


def _bill(asked: argparse.Namespace) -> int:
    _write_bill(_builder(asked))
    return 0


def _write_bill(builder: Builder) -> None:
    version = project()["version"]
    place = builder.out / f"nightjar-{version}.cdx.json"
    builder.bill(version, place, _told)
    _told(f"What it is made of: {place}")


def _legal_info(asked: argparse.Namespace) -> int:
    builder = _builder(asked)
    sources.fetch(asked.sources.resolve())
    builder.build("legal-info", _told)
    _told(f"Licences, and the sources to hand on: {builder.out / 'legal-info'}")
    return 0


def _image(asked: argparse.Namespace) -> int:
    builder = _builder(asked)
    sources.fetch(asked.sources.resolve())
    builder.build("all", _told)
    _write_bill(builder)
    _told(f"The image: {builder.out / 'images'}")
    return 0


VERBS: dict[str, tuple[Callable[[argparse.Namespace], int], str]] = {
    "image": (_image, "build disk, bundle and bill of materials"),
    "sources": (_sources, "fetch into one folder all that an image is made of"),
    "bill": (_bill, "write what the image is made of (CycloneDX)"),
    "legal-info": (_legal_info, "gather licences, and the sources to hand on"),
}


def main() -> int:
    """Do what the command line says; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="buildroot_external", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    compose = verbs.add_parser("compose", help="write each defconfig of its fragments, and the table of users")
    compose.set_defaults(do=_compose)
    check = verbs.add_parser("check", help="look at the tree; with a Buildroot, have it looked at by Buildroot too")
    check.add_argument("--buildroot", type=Path, help="a tree of the release that configs.toml names")
    check.add_argument("--out", type=Path, default=REPOSITORY / "build" / "check", help="where Buildroot configures")
    check.set_defaults(do=_check)
    for verb, (do, about) in VERBS.items():
        one = verbs.add_parser(verb, help=about)
        one.add_argument("--image", default="x86_64", help="which one of configs.toml, without nightjar_")
        one.add_argument("--buildroot", type=Path, help="instead of the release that configs.toml names")
        one.add_argument(
            "--sources", type=Path, default=REPOSITORY / "build" / "sources", help="where sources are kept"
        )
        one.add_argument("--out", type=Path, default=REPOSITORY / "build" / "image", help="where it is built")
        one.set_defaults(do=do)
    asked = parser.parse_args()
    try:
        return asked.do(asked)
    except CannotBuild as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
