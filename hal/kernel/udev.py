"""What udev tells: which device nodes carry a tag of our rules, and that a block device came or went."""

from pathlib import Path
from typing import Any


def input_nodes(tag: str) -> list[Path]:
    """List the event nodes of input devices that carry a tag, in the order of their numbers."""
    return _nodes(tag, plugged=True)


def own_input_nodes(tag: str) -> list[Path]:
    """List those that do not hang at USB: what is pushed in there chooses its own name, and rules go by names.

    A stick that says it is a keyboard called `gpio-keys` is none of the case's keys.
    """
    return _nodes(tag, plugged=False)


def _nodes(tag: str, *, plugged: bool) -> list[Path]:
    import pyudev

    context = pyudev.Context()
    found = context.list_devices(subsystem="input").match_tag(tag)
    nodes = [
        Path(one.device_node)
        for one in found
        if one.device_node and one.sys_name.startswith("event") and (plugged or one.find_parent("usb") is None)
    ]
    return sorted(nodes, key=lambda path: int(path.name.removeprefix("event")))


class BlockEvents:
    """Tells by its descriptor that a block device came, changed or went. Without udev the kernel itself is heard."""

    def __init__(self) -> None:
        """No I/O here."""
        self._monitor: Any = None

    def open(self) -> None:
        """Begin to listen; raises `OSError`."""
        import pyudev

        source = "udev" if Path("/run/udev/control").exists() else "kernel"
        self._monitor = pyudev.Monitor.from_netlink(pyudev.Context(), source)
        self._monitor.filter_by("block")
        self._monitor.start()

    def fileno(self) -> int | None:
        """Give the descriptor; None while closed."""
        return None if self._monitor is None else self._monitor.fileno()

    def drain(self) -> None:
        """Take what has come; who looks at sysfs needs no more than that something came."""
        while self._monitor is not None and self._monitor.poll(timeout=0) is not None:
            pass

    def close(self) -> None:
        """Listen no more."""
        self._monitor = None
