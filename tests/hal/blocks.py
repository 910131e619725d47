"""A tree of sysfs, proc and dev with disks, arrays and mounts, as the kernel shows them."""

from pathlib import Path

from hal.machine import Machine

GB = 10**9


class Blocks:
    """Builds the tree below a folder; `machine` looks at it."""

    def __init__(self, root):
        self.root = root
        self.mounts = []
        for folder in ("sys/block", "sys/class/block", "proc/self", "dev/md", "etc", "run"):
            (root / folder).mkdir(parents=True)
        self.machine = Machine(sys=root / "sys", proc=root / "proc", dev=root / "dev", etc=root / "etc")
        self._minor = 0

    def _device(self, path, number):
        path.mkdir(parents=True, exist_ok=True)
        (path / "dev").write_text(f"{number}\n")
        (path / "holders").mkdir(exist_ok=True)
        (self.root / "dev" / path.name).touch()
        link = self.root / "sys/class/block" / path.name
        if not link.is_symlink():
            link.symlink_to(path)

    def disk(self, name, *, serial="S3RIAL", parts=0, port="ata5", pci="0000:00:1f.2", size=4000 * GB, spins=True):
        """Add a SATA disk at a port."""
        number = port.removeprefix("ata")
        device = self.root / f"sys/devices/pci0000:00/{pci}/{port}/host{number}/target{number}:0:0/{number}:0:0:0"
        path = device / "block" / name
        self._minor += 16
        self._device(path, f"8:{self._minor}")
        (path / "size").write_text(f"{size // 512}\n")
        (path / "ro").write_text("0\n")
        (path / "stat").write_text(" ".join(f"{one:8}" for one in [7, *[0] * 16]) + "\n")
        (path / "queue").mkdir(exist_ok=True)
        (path / "queue/rotational").write_text(f"{int(spins)}\n")
        (device / "model").write_text("WDC WD40PURX-64G\n")
        (device / "rev").write_text("80.0\n")
        (device / "delete").write_text("")
        if serial:
            (device / "vpd_pg80").write_bytes(b"\0\x80\0" + bytes([len(serial) + 4]) + b"    " + serial.encode())
        if not (path / "device").is_symlink():
            (path / "device").symlink_to(device)
        ata = self.root / f"sys/devices/pci0000:00/{pci}/{port}/ata_port/{port}"
        ata.mkdir(parents=True, exist_ok=True)
        (ata / "port_no").write_text(f"{number}\n")
        for part in range(1, parts + 1):
            self.partition(name, part)
        (self.root / "sys/block" / name).symlink_to(path)
        return path

    def stick(self, name, *, port="1", parts=1, serial="4C53", size=31 * GB):
        """Add a stick at a USB port, with a table of partitions or without."""
        usb = self.root / f"sys/devices/pci0000:00/0000:00:14.0/usb2/2-{port}"
        device = usb / f"2-{port}:1.0/host6/target6:0:0/6:0:0:0"
        path = device / "block" / name
        self._minor += 16
        self._device(path, f"8:{self._minor}")
        (path / "size").write_text(f"{size // 512}\n")
        (path / "ro").write_text("0\n")
        (usb / "idVendor").write_text("0781\n")
        (usb / "serial").write_text(f"{serial}\n")
        (device / "model").write_text("Ultra Fit\n")
        if not (path / "device").is_symlink():
            (path / "device").symlink_to(device)
        (self.root / "sys/block" / name).symlink_to(path)
        for part in range(1, parts + 1):
            self.partition(name, part, bytes_=size // parts)
        return path

    def partition(self, disk, number, bytes_=GB):
        path = (self.root / "sys/class/block" / disk).resolve()
        major, minor = (path / "dev").read_text().split(":")
        name = f"{disk}p{number}" if disk[-1].isdigit() else f"{disk}{number}"
        self._device(path / name, f"{major}:{int(minor) + number}")
        (path / name / "partition").write_text(f"{number}\n")
        (path / name / "size").write_text(f"{bytes_ // 512}\n")
        return name

    def name_partition(self, partition, name):
        """Call a partition something in its disk's table."""
        path = self.root / "sys/class/block" / partition / "uevent"
        path.write_text(f"DEVTYPE=partition\nPARTN=1\nPARTNAME={name}\n" if name else "DEVTYPE=partition\nPARTN=1\n")

    def write(self, disk):
        """Count one write more, as the kernel does (Documentation/block/stat.rst)."""
        path = self.root / "sys/block" / disk / "stat"
        counts = [int(one) for one in path.read_text().split()]
        counts[4] += 1
        path.write_text(" ".join(f"{one:8}" for one in counts) + "\n")

    def remove(self, disk):
        """Take a disk away, as pulling it does."""
        (self.root / "sys/block" / disk).unlink()

    def mount(self, device, place, options="rw", of_the_kind="rw"):
        number = (self.root / "sys/class/block" / device / "dev").read_text().strip()
        place = place.replace(" ", "\\040")
        self.mounts.append(f"36 35 {number} / {place} {options} - xfs /dev/{device} {of_the_kind}")
        self._write_mounts()

    def unmount(self):
        self.mounts.clear()
        self._write_mounts()

    def _write_mounts(self):
        (self.root / "proc/self/mountinfo").write_text("\n".join(self.mounts) + "\n")

    def swap(self, device):
        text = f"Filename Type Size Used Priority\n/dev/{device} partition 1 0 -2\n"
        (self.root / "proc/swaps").write_text(text)

    def array(self, name, level, disks, *, title="", uuid="5c3ccb0f-6b1c-4a10-9d3e-0123456789ab", wanted=None):
        """Add an array of disks, as md shows one that is whole and idle."""
        path = self.root / "sys/devices/virtual/block" / name
        self._device(path, f"9:{name.removeprefix('md')}")
        (path / "size").write_text(f"{4000 * GB * (len(disks) - 1) // 512}\n")
        md = path / "md"
        md.mkdir()
        wanted = wanted if wanted is not None else len(disks)
        told = {
            "array_state": "clean",
            "level": level,
            "raid_disks": str(wanted),
            "uuid": uuid,
            "degraded": "0",
            "sync_action": "idle",
            "sync_completed": "none",
            "sync_speed": "none",
            "sync_speed_min": "1000 (system)",
            "sync_speed_max": "200000 (system)",
            "mismatch_cnt": "0",
        }
        if level == "raid0":
            for missing in (
                "degraded",
                "sync_action",
                "sync_completed",
                "sync_speed",
                "sync_speed_min",
                "sync_speed_max",
            ):
                del told[missing]
            del told["mismatch_cnt"]
        for file, text in told.items():
            (md / file).write_text(f"{text}\n")
        for slot, disk in enumerate(disks):
            self.member(name, disk, "in_sync", slot)
        (self.root / "sys/block" / name).symlink_to(path)
        (self.root / "dev/md" / (title or name)).symlink_to(self.root / "dev" / name)
        return md

    def member(self, array, disk, state, slot):
        """Add a disk to an array, or say that it is another thing to it now."""
        md = self.root / "sys/devices/virtual/block" / array / "md"
        block = (self.root / "sys/class/block" / disk).resolve()
        place = md / f"dev-{disk}"
        place.mkdir(exist_ok=True)
        (place / "state").write_text(f"{state}\n")
        (place / "slot").write_text(f"{'none' if slot is None else slot}\n")
        if not (place / "block").is_symlink():
            (place / "block").symlink_to(block)
        if not (block / "holders" / array).is_symlink():
            (block / "holders" / array).symlink_to(md.parent)


class FileSystems:
    """The kernel of these disks (`hal.kernel.file_system`): what it mounted, and what it was told, until it refuses."""

    def __init__(self, blocks):
        self.blocks = blocks
        self.refusal = 0
        self.mounted = []
        self.changed = []
        self._device = ""

    def attach(self, kind, source, place, safe, options):
        self._take()
        self._device = Path(source).name
        self.mounted.append((kind, self._device, {*safe, *options}))
        self.blocks.mount(self._device, str(place), of_the_kind="ro")

    def change(self, place, *, writing):
        self._take()
        self.changed.append((str(place), writing))
        self.blocks.unmount()
        self.blocks.mount(self._device, str(place), of_the_kind="rw" if writing else "ro")

    def _take(self):
        if self.refusal:
            raise OSError(self.refusal, "")
