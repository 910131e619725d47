"""The twin's root: Debian's packages and kernel, the locked wheels and ours, made as root without loop mounts."""

import compileall
import hashlib
import py_compile
import re
import shutil
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buildroot_external.image.tool import CannotBuild, run

HERE = Path(__file__).parent
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
PYTHON_PLACE = "usr/lib/python3/dist-packages"
SOURCES_ALONE = {"font-roboto"}
"""Fonts, of which nobody made a wheel."""
OURS = ("recorder", "gui", "hal")


@dataclass(frozen=True)
class Recipe:
    """packages.toml."""

    suite: str
    kernel: str
    python: str
    packages: tuple[str, ...]
    off: tuple[str, ...]
    modules_out: tuple[str, ...]

    @classmethod
    def read(cls, path: Path = HERE / "packages.toml") -> "Recipe":
        """Read it."""
        told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in told.items()})


@dataclass(frozen=True)
class Base:
    """Debian, its kernel and the wheels: what takes minutes to make, kept until one of them changes."""

    place: Path

    @property
    def root(self) -> Path:
        """The root's folder."""
        return self.place / "root"

    @property
    def kernel(self) -> Path:
        """The kernel."""
        return self.place / "vmlinuz"

    @property
    def busybox(self) -> Path:
        """A busybox that needs no library."""
        return self.place / "busybox"

    @property
    def version(self) -> str:
        """The version that its modules go by."""
        return (self.place / "version").read_text().strip()


def base(kept: Path, repository: Path) -> Base:
    """Give the base, made now where it is not kept yet; raises `CannotBuild`."""
    lock = _wheels(repository)
    key = hashlib.sha256(
        b"\0".join([(HERE / "packages.toml").read_bytes(), Path(__file__).read_bytes(), lock.encode()])
    )
    made = Base(kept / key.hexdigest()[:16])
    if (made.place / "done").exists():
        return made
    kept.mkdir(parents=True, exist_ok=True)
    for old in kept.iterdir():
        shutil.rmtree(old)
    made.place.mkdir()
    recipe = Recipe.read()
    # One waits for the network while another unpacks.
    with ThreadPoolExecutor() as pool:
        making = [
            pool.submit(_debian, made.root, recipe),
            pool.submit(_kernel, made, recipe),
            pool.submit(_fetch_wheels, made, recipe, lock),
        ]
        for one in making:
            one.result()
    _install_modules(made, recipe)
    _install_wheels(made, recipe)
    for one in recipe.off:
        run("systemctl", f"--root={made.root}", "mask", one)
    (made.place / "done").write_text("")
    return made


def _debian(root: Path, recipe: Recipe) -> None:
    without = [f"--dpkgopt=path-exclude=/usr/share/{one}/*" for one in ("doc", "man", "locale", "info", "i18n")]
    run(
        *("mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", '--aptopt=Apt::Install-Recommends "false"'),
        *('--aptopt=Acquire::Retries "3"', *without, f"--include={','.join(recipe.packages)}"),
        *(recipe.suite, root, *([SOURCES] if SOURCES.exists() else [])),
    )
    for folder in ("var/cache/apt", "var/lib/apt/lists", "usr/share/zoneinfo/right", "usr/share/zoneinfo/posix"):
        shutil.rmtree(root / folder, ignore_errors=True)


def _kernel(made: Base, recipe: Recipe) -> None:
    """Put the kernel, its version and modules, and a busybox in their places."""
    depends = run("apt-cache", "depends", recipe.kernel)
    package = re.search(r"Depends: linux-image-(\S+)", depends)
    if package is None:
        raise CannotBuild(f"{recipe.kernel} names no kernel:\n{depends}")
    version = package[1]
    with tempfile.TemporaryDirectory(dir=made.place) as name:
        place = Path(name)
        for package in (f"linux-image-{version}", "busybox-static"):
            run("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package, cwd=place)
        for one in place.glob("*.deb"):
            run("dpkg-deb", "-x", one, place / "unpacked")
        shutil.copy(place / "unpacked/bin/busybox", made.busybox)
        shutil.copy(place / "unpacked/boot" / f"vmlinuz-{version}", made.kernel)
        shutil.move(place / "unpacked/lib/modules" / version, made.place / "modules")
    (made.place / "version").write_text(version)


def _install_modules(made: Base, recipe: Recipe) -> None:
    modules = made.root / "usr/lib/modules" / made.version
    modules.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made.place / "modules", modules)
    for one in recipe.modules_out:
        shutil.rmtree(modules / "kernel" / one, ignore_errors=True)
    run("depmod", "-b", made.root, made.version)


def _wheels(repository: Path) -> str:
    """Give the lines of the lock file that pin what runs; what only tests want stays out."""
    text = (repository / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)
    needed_by = [(_name(one), set(re.findall(r"#\s+(?:via )?([a-z0-9._-]+)$", one, re.MULTILINE))) for one in entries]
    told = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[^A-Za-z0-9._-]", one)[0].lower() for one in told["project"]["dependencies"]}
    while more := {name for name, via in needed_by if via & wanted} - wanted:
        wanted |= more
    return "\n".join(re.sub(r"\n\s+#.*", "", one).rstrip() for one in entries if _name(one) in wanted) + "\n"


def _name(entry: str) -> str:
    return entry.partition("==")[0]


def _fetch_wheels(made: Base, recipe: Recipe, lock: str) -> None:
    pinned = made.place / "wheels.lock"
    target = made.place / "wheels"
    ours, others = _apart(lock)
    (made.place / "sources.lock").write_text(ours)
    pinned.write_text(others)
    chosen = ("--python-version", recipe.python, "--only-binary=:all:")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
    into = ("--target", target, "--no-deps", "--require-hashes")
    run(*pip, *into, *chosen, "-r", pinned)
    run(*pip, *into, "-r", made.place / "sources.lock")
    for one in (*target.rglob("tests"), *target.rglob("test")):
        shutil.rmtree(one, ignore_errors=True)


def _install_wheels(made: Base, recipe: Recipe) -> None:
    for one in (made.place / "wheels").iterdir():
        shutil.move(one, made.root / PYTHON_PLACE)
    (made.place / "wheels").rmdir()
    _compile(made.root, recipe, PYTHON_PLACE, f"usr/lib/python{recipe.python}")


def _compile(root: Path, recipe: Recipe, *folders: str) -> None:
    """Compile folders of a root; the image keeps no times of files, by which Python would find everything stale."""
    if sys.version_info[:2] != tuple(map(int, recipe.python.split("."))):
        whole = ("compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash")
        run("chroot", root, "python3", "-m", *whole, *(f"/{one}" for one in folders))
        return
    told: dict[str, Any] = {"invalidation_mode": py_compile.PycInvalidationMode.UNCHECKED_HASH, "force": True}
    for one in folders:
        compileall.compile_dir(root / one, quiet=2, workers=0, stripdir=root, prependdir="/", **told)


def _apart(lock: str) -> tuple[str, str]:
    """Divide pinned lines: those that come as sources alone, and have nothing to compile, and all others."""
    entries = re.split(r"\n(?=[a-z0-9])", lock.rstrip())
    sources = [one for one in entries if _name(one) in SOURCES_ALONE]
    return "\n".join(sources) + "\n", "\n".join(one for one in entries if one not in sources) + "\n"


def install(root: Path, repository: Path, recipe: Recipe) -> None:
    """Put our packages into a root, compiled."""
    target = root / PYTHON_PLACE
    for package in OURS:
        shutil.copytree(repository / package, target / package, ignore=shutil.ignore_patterns("__pycache__", "stage"))
    _compile(root, recipe, *(f"{PYTHON_PLACE}/{one}" for one in OURS))
