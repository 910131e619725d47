"""Attributes of the kernel's hardware monitoring class (Documentation/hwmon/sysfs-interface)."""

from pathlib import Path

from hal.errors import BadAnswer, Offline


class Hwmon:
    """The folder of one monitoring chip, found by its name: the numbers of hwmonN change from boot to boot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def find(cls, sys: Path, chip: str, device: str = "") -> "Hwmon":
        """Find a chip by name, and by a part of its device's path where there are several; raises `Offline`."""
        for folder in sorted((sys / "class/hwmon").glob("hwmon*")):
            try:
                name = (folder / "name").read_text().strip()
            except OSError:
                continue
            if name == chip and device in str((folder / "device").resolve()):
                return cls(folder)
        raise Offline(f"no monitoring chip {chip} {device}".rstrip())

    def has(self, attribute: str) -> bool:
        """Whether the chip has this attribute."""
        return (self.folder / attribute).exists()

    def number(self, attribute: str) -> int:
        """Read an attribute; raises `OSError` if the chip does not answer, `BadAnswer` if it is no number."""
        told = (self.folder / attribute).read_bytes()[:64]
        try:
            return int(told)
        except ValueError:
            raise BadAnswer(f"{self.folder.name} {attribute} is no number", told) from None

    def write(self, attribute: str, value: int) -> None:
        """Write an attribute."""
        (self.folder / attribute).write_text(str(value))
