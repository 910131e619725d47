"""A monitoring chip in a folder: files that can be read and written, and a chip that is gone."""

import shutil


class HwmonTree:
    """/sys with one chip; `values` of its attributes are written as the kernel shows them."""

    def __init__(self, root, chip, **values):
        self.root = root
        self.folder = root / "class/hwmon/hwmon3"
        self.folder.mkdir(parents=True)
        other = root / "class/hwmon/hwmon0"
        other.mkdir()
        (other / "name").write_text("acpitz\n")
        (self.folder / "name").write_text(chip + "\n")
        for attribute, value in values.items():
            self.set(attribute, value)

    def set(self, attribute, value):
        (self.folder / attribute).write_text(f"{value}\n")

    def get(self, attribute):
        return int((self.folder / attribute).read_text())

    def unplug(self):
        shutil.rmtree(self.folder)
