"""How the recorder is."""

import argparse
from typing import TYPE_CHECKING, Any

from recorder.cli.connection import owner
from recorder.cli.moments import written
from recorder.client.camera_clock import camera_clock_words
from recorder.client.disk_words import room_for

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("status", parents=[shared], help="whether all is well; processes, streams and disks")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=run)


def _since(at_us: int | None) -> str:
    return f"since {written(at_us)}" if at_us is not None else "empty"


def run(asked: argparse.Namespace) -> None:
    """Print it, for people or as JSON with `processes.<name>.pid`, `streams` and `disks`."""
    import msgspec

    from recorder.cli.output import print_json

    api = owner(asked)
    status, health = api.status(), api.health()
    streams = status.media.streams if status.media else ()
    disks = status.media.disks if status.media else ()
    if asked.json:
        whole: dict[str, Any] = msgspec.to_builtins(status)
        print_json({**whole, "streams": streams, "disks": disks, "health": health})
        return
    print(f"{status.name}: {status.channels_recording} of {status.channels} channels record")
    print(health.words)
    for line in health.lines:
        print(f"  {'!' if line.tone.trouble else ' '} {line.label}: {line.words}")
    for name, process in sorted(status.processes.items()):
        print(f"  {name:9} pid {process.pid}, restarted {process.restarts} times")
    for trouble in status.troubles:
        print(f"  ! {trouble.words} Since {written(trouble.since_us)}.")
    for pool in status.media.pools if status.media else ():
        rate = f", {pool.write_bytes_per_s * 8 / 1e6:.1f} Mbit/s" if pool.write_bytes_per_s else ""
        days = f", {room_for(pool.days)}" if pool.days is not None else ""
        used = f"{pool.used_bytes >> 20} of {pool.total_bytes >> 20} MB used"
        print(f"  pool {pool.number}: {pool.state.value}, {used}, {_since(pool.oldest_us)}{rate}{days}")
    for disk in disks:
        used = f"{disk.used_bytes >> 20} of {disk.total_bytes >> 20} MB used"
        reason = f" ({disk.reason})" if disk.reason else ""
        print(f"  disk {disk.place or disk.name}: {disk.state.value}{reason}, pool {disk.pool}, {used}")
    for one in status.media.footage if status.media else ():
        print(f"  footage {one.channel}/{one.stream.value}: {_since(one.oldest_us)}")
    for one in streams:
        picture = f"{one.codec} {one.width}x{one.height} {one.frames_per_s:.1f}/s {one.bits_per_s / 1e6:.2f} Mbit/s"
        lost = f", {one.lost_packets} packets lost" if one.lost_packets else ""
        if words := camera_clock_words(one.clock_off_us):
            lost += f", {words[0].lower()}{words[1:]}"
        print(f"  {one.channel}/{one.stream.value}: {one.state.value} {picture if one.width else one.reason}{lost}")
