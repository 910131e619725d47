"""Somebody before the machine who answers from a list, and the disk that is in it."""

import os

from hal.rescue.system_disk import LABELS, system_disk

MIB = 1 << 20
SIZES = {"kernel-a": 2, "system-a": 4, "kernel-b": 2, "system-b": 4, "env": 1, "esp": 1, "rescue": 1}


class Scripted:
    """`answers` are numbers or the beginnings of rows for menus, and lines to type; `told` is all that was shown."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.told = []
        self.percents = []

    def choose(self, title, words, choices, patience_s=None):
        self.told.append(f"{title}\n{words}\n" + "\n".join(choices))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, str):
            return next(at for at, one in enumerate(choices) if one.startswith(answer))
        return answer

    def ask(self, title, words):
        self.told.append(f"{title}\n{words}")
        return self.answers.pop(0)

    def tell(self, title, words):
        self.told.append(f"{title}\n{words}")

    def progress(self, percent, words):
        self.percents.append((percent, words))

    @property
    def all(self):
        return "\n".join(self.told)


def divide(blocks, disk, filled=b"\xa5"):
    """Give a disk of the tree the partitions of a recorder, as files that hold `filled` at first."""
    for number, label in enumerate(sorted(LABELS), 1):
        count = SIZES.get(label, 16) * MIB
        name = blocks.partition(disk, number, bytes_=count)
        blocks.name_partition(name, label)
        node = blocks.root / "dev" / name
        with node.open("wb") as file:
            file.write(filled * 4096)
        os.truncate(node, count)


def own_disk(blocks, name="sda"):
    """Add the recorder's own disk, and find it."""
    blocks.disk(name, serial="SYS01234", size=32 * 10**9)
    divide(blocks, name)
    return system_disk(blocks.machine)
