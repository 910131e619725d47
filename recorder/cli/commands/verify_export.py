"""Check an exported file, anywhere: it needs no recorder."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.output import print_json
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser(
        "verify-export", parents=[shared], help="check that an exported file is as it was exported, and by whom"
    )
    one.add_argument("file", type=Path, help="the MP4; manifest (.json) and signature (.sig) lie beside it")
    one.add_argument(
        "--public-key", type=Path, metavar="FILE", help="the recorder's, kept elsewhere; believes no other"
    )
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Check; raises `NotGenuine`."""
    # Imported here: PyAV takes its time, and no other command needs it.
    from recorder.playback.verify_export import NotGenuine, verify_export
    from recorder.store.device_key import read_public

    trusted = read_public(asked.public_key) if asked.public_key else None
    proof = verify_export(asked.file, trusted)
    if asked.json:
        print_json(proof)
    else:
        found = proof.manifest
        if found is not None:
            words = _("Channel {channel} {name}, {stream}, {first} to {last}, {samples} samples")
            print(
                words.format(
                    channel=found.channel,
                    name=found.name,
                    stream=found.stream,
                    first=found.first,
                    last=found.last,
                    samples=found.samples,
                )
            )
            words = _("Exported {at} by {who} from recorder {recorder} with {software}")
            print(
                words.format(
                    at=found.exported_at, who=found.exported_by, recorder=found.recorder, software=found.software
                )
            )
        if proof.signed_by:
            words = _("Signed by {key}") if trusted else _("Signed by {key}: compare it with what the recorder shows.")
            print(words.format(key=proof.signed_by))
        for line in (*proof.faults, *proof.notes):
            print(f"  {line}")
        if not proof.faults:
            print(_("The file is as it was exported."))
    if proof.faults:
        raise NotGenuine(path=asked.file, count=len(proof.faults))
