"""Which device nodes udev found: by the tags that our rules give."""

from pathlib import Path


def input_nodes(tag: str) -> list[Path]:
    """List the event nodes of input devices that carry a tag, in the order of their numbers."""
    import pyudev

    context = pyudev.Context()
    found = context.list_devices(subsystem="input").match_tag(tag)
    nodes = [Path(one.device_node) for one in found if one.device_node and one.sys_name.startswith("event")]
    return sorted(nodes, key=lambda path: int(path.name.removeprefix("event")))
