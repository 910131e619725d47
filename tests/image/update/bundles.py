"""Bundles that differ from the image in a few files: its system stays as it is, its first root lays them over it."""

import py_compile
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from buildroot_external.image.cpio import Archive
from buildroot_external.image.tool import run
from tests.guest.image import ROOT
from tests.image.machine import BUILT

BOARD = "nightjar-x86-64"
PACKAGES = "usr/lib/python3/dist-packages"
LAY = """
mkdir /laid
mount -t tmpfs laid /laid
cp -a /changes/. /laid/
(cd /laid && find . -type f) | while read -r path; do mount -o bind "/laid/$path" "/root/$path"; done
"""
"""What the first root does more, before it goes to the system."""
THERE = "mount -o move /dev /root/dev\n"
PLAIN = ("-quiet", "-no-progress", "-all-root", "-noI", "-noD", "-noF", "-noX")


@dataclass(frozen=True)
class Image:
    """What is to be another than in the image that was built."""

    version: str
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """By their paths in the root; they are there already."""
    first: str = ""
    """The first program of the boot, instead of ours."""
    schema: int = 99


def module(name: str, *edits: tuple[str, str]) -> dict[str, bytes]:
    """One of our modules with words replaced, compiled as the image has it."""
    path = Path(*name.split(".")).with_suffix(".py")
    text = (ROOT / path).read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, (name, old, text.count(old))
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as place:
        source, compiled = Path(place) / "source.py", Path(place) / "compiled"
        source.write_text(text, encoding="utf-8")
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(source), str(compiled), f"/{PACKAGES}/{path}", doraise=True, invalidation_mode=unchecked)
        cached = f"{PACKAGES}/{path.parent}/__pycache__/{path.stem}.cpython-311.pyc"
        return {cached: compiled.read_bytes()}


def release(version: str) -> bytes:
    """The file by which a system says its version."""
    return f'NAME="Nightjar"\nID=nightjar\nIMAGE_ID=nightjar\nIMAGE_VERSION={version}\nVERSION_ID={version}\n'.encode()


def kernel(image: Image, place: Path) -> Path:
    """The kernel's partition of an image."""
    content, out = place / "kernel", place / "kernel.img"
    run("unsquashfs", "-quiet", "-no-progress", "-d", content, BUILT / "kernel.img")
    packed = content / "initrd"
    unpacked = subprocess.run(["zstd", "-dc", packed], check=True, capture_output=True).stdout
    archive = Archive()
    first = image.first
    if not first:
        ours = unpack(unpacked, "init").decode()
        assert ours.count(THERE) == 1
        first = ours.replace(THERE, LAY.lstrip() + THERE)
        for name, data in {"usr/lib/os-release": release(image.version), **image.files}.items():
            archive.add(f"changes/{name}", data)
    archive.add("init", first.encode(), executable=True)
    raw = place / "initrd"
    raw.write_bytes(unpacked + bytes(-len(unpacked) % 512) + archive.finish())
    run("zstd", "-q", "-f", "-3", raw, "-o", packed)
    run("mksquashfs", content, out, *PLAIN)
    return out


def unpack(archive: bytes, wanted: str) -> bytes:
    """A file of what the kernel unpacks before it starts (cpio, "newc")."""
    at = 0
    while archive[at : at + 6] == b"070701":
        sizes = [int(archive[at + 6 + 8 * nth : at + 14 + 8 * nth], 16) for nth in range(13)]
        name, content = at + 110, -(-(at + 110 + sizes[11]) // 4) * 4
        if archive[name : name + sizes[11] - 1] == wanted.encode():
            return archive[content : content + sizes[6]]
        at = -(-(content + sizes[6]) // 4) * 4
    raise KeyError(wanted)


def signed(place: Path, keys: Path, out: Path, *, version: str, board: str = BOARD, schema: int = 99) -> None:
    """Make a bundle of the images of a folder, signed with the keys of another."""
    (place / "manifest.raucm").write_text(
        f"[update]\ncompatible={board}\nversion={version}\ndescription=For a test\n"
        f"build=2026-11-27T00:00Z schema={schema}\n\n"
        "[bundle]\nformat=verity\n\n[image.kernel]\nfilename=kernel.img\n\n[image.system]\nfilename=system.img\n"
    )
    out.unlink(missing_ok=True)
    keyed = (f"--cert={keys / 'signer.crt'}", f"--key={keys / 'signer.key'}")
    run("rauc", "bundle", *keyed, "--mksquashfs-args=-noD -noF -noX -no-progress", place, out)


def whole(image: Image, out: Path) -> Path:
    """An image that can be installed and started, signed by the builder's own authority."""
    if out.exists():
        return out
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        place = Path(name)
        (place / "content").mkdir()
        shutil.move(kernel(image, place), place / "content/kernel.img")
        (place / "content/system.img").hardlink_to(BUILT / "system.img")
        signed(place / "content", BUILT / "keys", out, version=image.version, schema=image.schema)
    return out


def small(out: Path, keys: Path, *, version: str, board: str = BOARD) -> Path:
    """A bundle that nobody would start: for what is refused before that."""
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        place = Path(name) / "content"
        place.mkdir()
        for one in ("kernel.img", "system.img"):
            (place / one).write_bytes(one.encode() * 20_000)
        signed(place, keys, out, version=version, board=board)
    return out
