"""The guest's kernel: Debian's, with those of its modules that tests want, a few that it leaves out, and one of ours.

What Debian leaves out is built from its own source against its own headers, so that it fits this very kernel.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from buildroot_external.image.tool import CannotBuild, run

PACKAGE = "linux-image-amd64"
"""The cloud kernel lacks most of what hardware tests will want."""
FOLDERS = (
    "arch",
    "block",
    "crypto",
    "fs",
    "lib",
    "drivers/ata",
    "drivers/block",
    "drivers/char",
    "drivers/hwmon",
    "drivers/i2c",
    "drivers/input",
    "drivers/leds",
    "drivers/md",
    "drivers/scsi",
    "drivers/target",
    "drivers/usb",
    "drivers/virtio",
    "drivers/watchdog",
)
"""Folders of modules that are kept whole; all of them would be 400 MB."""
SINGLE = (
    *("virtio_net", "bonding", "8021q", "dummy", "veth", "rc-loopback", "ir-nec-decoder"),
    *("evdev", "uio", "configfs", "button"),
)
"""Modules beside them, which bring along what they need."""
LEFT_OUT = {
    "gpio-sim": "drivers/gpio/gpio-sim.c",
    "irq_sim": "kernel/irq/irq_sim.c",
    "uleds": "drivers/leds/uleds.c",
    "dm-dust": "drivers/md/dm-dust.c",
    "rtc-hym8563": "drivers/rtc/rtc-hym8563.c",
    "rtc-rs5c372": "drivers/rtc/rtc-rs5c372.c",
    "test_power": "drivers/power/supply/test_power.c",
    "tps23861": "drivers/hwmon/tps23861.c",
}
"""Modules that Debian does not build, and their source."""
HEADERS = ("drivers/gpio/gpiolib.h",)
OWN = tuple(sorted((Path(__file__).parent / "modules").glob("*.c")))
"""Our own modules, which give a device of QEMU to code of the kernel that it has for others."""


def install(made: Path, root: Path, kernel: Path) -> str:
    """Put the kernel at `kernel` and its modules into the root; gives its version. Raises `CannotBuild`."""
    depends = run("apt-cache", "depends", PACKAGE)
    package = re.search(r"Depends: linux-image-(\S+)", depends)
    if package is None:
        raise CannotBuild(f"{PACKAGE} names no kernel:\n{depends}")
    version = package[1]
    unpacked = made / "kernel"
    run("dpkg-deb", "-x", download(made / "kernel.deb", f"linux-image-{version}"), unpacked)
    shutil.copy(unpacked / "boot" / f"vmlinuz-{version}", kernel)
    run("depmod", "-b", unpacked, version)
    found, kept = unpacked / "lib" / "modules" / version, root / "lib" / "modules" / version
    for name in FOLDERS:
        shutil.copytree(found / "kernel" / name, kept / "kernel" / name)
    for path in set(_needed(found)):
        (kept / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(found / path, kept / path)
    for one in (*found.glob("modules.builtin*"), found / "modules.order"):
        shutil.copy(one, kept)
    for one in _left_out(made, version):
        (kept / "extra").mkdir(exist_ok=True)
        shutil.copy(one, kept / "extra")
    run("chroot", root, "depmod", version)
    return version


def download(folder: Path, package: str) -> Path:
    """Fetch a Debian package into a new folder; gives its path."""
    folder.mkdir()
    run("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package, cwd=folder)
    return next(folder.glob("*.deb"))


def _needed(found: Path) -> Iterator[str]:
    """Give the paths of the single modules and of what anything that is kept needs."""
    needs: dict[str, list[str]] = {}
    for line in (found / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        needs[path] = others.split()
    names = {Path(path).stem: path for path in needs}
    kept = [path for path in needs if path.startswith(tuple(f"kernel/{one}/" for one in FOLDERS))]
    for path in (*kept, *(names[one] for one in SINGLE)):
        yield from (path, *needs[path])


def _left_out(made: Path, version: str) -> Iterator[Path]:
    """Build what Debian leaves out, and ours; gives the modules."""
    series = ".".join(version.split(".")[:2])
    base = version.rpartition("-")[0]
    place = made / "source"
    needed = (
        f"linux-headers-{version}",
        f"linux-headers-{base}-common",
        f"linux-kbuild-{series}",
        f"linux-source-{series}",
    )
    for name in needed:
        run("dpkg-deb", "-x", download(made / f"{name}.deb", name), place)
    sources = place / "usr" / "src"
    headers = sources / f"linux-headers-{version}"
    # It names its other half by where a package is installed.
    makefile = (headers / "Makefile").read_text().replace("/usr/src", str(sources))
    (headers / "Makefile").write_text(makefile)
    wanted = [f"linux-source-{series}/{one}" for one in (*LEFT_OUT.values(), *HEADERS)]
    run("tar", "-xJf", sources / f"linux-source-{series}.tar.xz", "-C", made, "--occurrence", *wanted)
    modules = made / "modules"
    modules.mkdir()
    for one in wanted:
        shutil.copy(made / one, modules)
    for one in OWN:
        shutil.copy(one, modules)
    _make_a_module(modules / "irq_sim.c")
    _name_its_chip(modules / "tps23861.c")
    names = (*LEFT_OUT, *(one.stem for one in OWN))
    (modules / "Kbuild").write_text("obj-m := " + " ".join(f"{one}.o" for one in names) + "\n")
    run("make", "-C", headers, f"M={modules}", "modules")
    for name in names:
        yield modules / f"{name}.ko"


def _name_its_chip(source: Path) -> None:
    """Have a driver that only device trees ask for take a chip by name, since a PC has no device tree."""
    text = source.read_text()
    begin = "static struct i2c_driver tps23861_driver = {\n"
    if begin not in text:
        raise CannotBuild(f"{source.name} is not what it was: its struct i2c_driver is not in it.")
    names = 'static const struct i2c_device_id names[] = { { "tps23861" }, { } };\n'
    source.write_text(text.replace(begin, f"{names}{begin}\t.id_table = names,\n"))


def _make_a_module(source: Path) -> None:
    """Have interrupts that are simulated, which are a part of a kernel or nothing, be a module of their own."""
    text = source.read_text()
    inner = "handle_simple_irq(irq_to_desc(irqnum))"
    if inner not in text:
        raise CannotBuild(f"{source.name} is not what it was: {inner} is not in it.")
    # What the first calls by way of a table that no module sees.
    source.write_text(text.replace(inner, "generic_handle_irq(irqnum)") + 'MODULE_LICENSE("GPL");\n')
