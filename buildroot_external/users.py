"""The recorder's users as Buildroot's table wants them, made of the list that systemd-sysusers(8) reads in the twin."""

import shlex
from pathlib import Path

NOTHING = "-"


def table(sysusers: str) -> str:
    """Give the table (Buildroot's manual, "Makeuser syntax"); raises ValueError for a line it cannot say."""
    groups: dict[str, str] = {}
    users: dict[str, tuple[str, str]] = {}
    members: dict[str, list[str]] = {}
    for number, line in enumerate(sysusers.splitlines(), 1):
        match shlex.split(line, comments=True):
            case []:
                pass
            case ["g", name, gid] if gid.isdecimal():
                groups[name] = gid
            case ["u", name, number_of, about] if groups.get(name) and number_of == f"{groups[name]}:{groups[name]}":
                users[name] = (groups[name], about)
            case ["m", name, group] if name in users:
                members.setdefault(name, []).append(group)
            case _:
                raise ValueError(f"line {number} of the users cannot be said to Buildroot: {line}")
    lines = ["# python -m buildroot_external compose writes this of rootfs/usr/lib/sysusers.d/nightjar.conf."]
    for name, gid in groups.items():
        if name in users:
            also = ",".join(members.get(name, [])) or NOTHING
            lines.append(f"{name} {gid} {name} {gid} * - - {also} {users[name][1]}")
        else:
            lines.append(f"- - {name} {gid} * - - - The recorder's processes")
    return "\n".join(lines) + "\n"


def source(repository: Path) -> Path:
    """Give the list that the twin reads."""
    return repository / "rootfs" / "usr" / "lib" / "sysusers.d" / "nightjar.conf"
