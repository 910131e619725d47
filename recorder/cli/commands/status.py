"""How the recorder is."""

import argparse
from typing import TYPE_CHECKING, Any

from recorder.cli.connection import owner

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("status", parents=[shared], help="processes, streams and disks")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Print it, for people or as JSON with `processes.<name>.pid`, `streams` and `disks`."""
    import msgspec

    from recorder.cli.output import print_json

    status = owner(asked).status()
    streams = status.media.streams if status.media else ()
    disks = status.media.disks if status.media else ()
    if asked.json:
        whole: dict[str, Any] = msgspec.to_builtins(status)
        print_json({**whole, "streams": streams, "disks": disks})
        return
    print(f"{status.name}: {status.channels_recording} of {status.channels} channels record")
    for name, process in sorted(status.processes.items()):
        print(f"  {name:9} pid {process.pid}, restarted {process.restarts} times")
    for disk in disks:
        print(f"  disk {disk.name}: {disk.state.value}, {disk.used_bytes >> 20} of {disk.total_bytes >> 20} MB used")
    for one in streams:
        picture = f"{one.codec} {one.width}x{one.height} {one.frames_per_s:.1f}/s {one.bits_per_s / 1e6:.2f} Mbit/s"
        lost = f", {one.lost_packets} packets lost" if one.lost_packets else ""
        print(f"  {one.channel}/{one.stream.value}: {one.state.value} {picture if one.width else one.reason}{lost}")
