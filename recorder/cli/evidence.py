"""`nightjar store verify`, `key`, `recovery-key`: prove footage, show who signs it, and keys of encrypted pools."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.files import write_file
from recorder.cli.moments import moment
from recorder.cli.output import print_json
from recorder.cli.recovery import typed_key
from recorder.client.clock import SECOND_US
from recorder.client.instance import Instance
from recorder.client.words import _, counted
from recorder.store.device_key import DeviceKey, fingerprint, public_pem, read_public
from recorder.store.errors import StoreError
from recorder.store.inspection import disks_below
from recorder.store.key_ring import KeyRing, recovery_key
from recorder.store.proof import Proof, Selection
from recorder.store.signed_log import heads_of
from recorder.store.verify import verify

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


class NotProven(StoreError):
    """Something is not as it was recorded."""

    status = 500
    words = _("Faults found: {count}. What is not named is as it was recorded.")


class NoRecoveryKey(StoreError):
    """There is nothing to show."""

    status = 404
    words = _("No pool of this recorder is encrypted, so there is no recovery key.")


def add(actions: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the actions of `store`."""
    one = actions.add_parser("verify", parents=[shared], help="prove that footage is as it was recorded and signed")
    one.add_argument("disk", nargs="?", help="a name below the instance's disks, or a path; default: all")
    one.add_argument("--channel", type=int)
    one.add_argument("--from", type=moment, dest="start", metavar="TIME")
    one.add_argument("--to", type=moment, dest="end", metavar="TIME")
    one.add_argument(
        "--public-key", type=Path, metavar="FILE", help="the recorder's, kept elsewhere; believes no other"
    )
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=prove)
    one = actions.add_parser("key", parents=[shared], help="show the public key that vouches for footage")
    one.add_argument("--export", type=Path, metavar="FILE", help="write it as PEM, to be kept apart from the recorder")
    one.add_argument(
        "--rotate", action="store_true", help="sign with a new key from now on; the old one vouches for it"
    )
    one.set_defaults(run=show_key)
    one = actions.add_parser("recovery-key", parents=[shared], help="show or enter the keys of encrypted pools")
    one.add_argument("--enter", action="store_true", help="read a recovery key from the terminal or standard input")
    one.set_defaults(run=recovery)


def prove(asked: argparse.Namespace) -> None:
    """Verify disks; raises `NotProven` where something was altered or is missing."""
    instance = Instance(asked.data)
    all_disks = list(disks_below(instance.disks))
    named = asked.disk and (Path(asked.disk) if "/" in asked.disk else instance.disks / asked.disk)
    places = [named] if named else all_disks
    trusted = read_public(asked.public_key) if asked.public_key else None
    selection = Selection(asked.channel, asked.start, asked.end)
    known = heads_of({*all_disks, *places})
    keys = KeyRing(instance)
    proofs = [
        verify(place, selection, trusted=trusted, keys=keys, known_heads=known, progress=_progress) for place in places
    ]
    if asked.json:
        print_json(proofs)
    else:
        for one in proofs:
            _tell(one, asked_for_key=trusted is not None)
    faults = sum(one.faults for one in proofs)
    if faults:
        raise NotProven(count=faults)


def _tell(proof: Proof, *, asked_for_key: bool) -> None:
    words = _("{disk}: whole and signed: {blocks} with {samples} samples, {mb} MB.")
    blocks = counted("{count} block", "{count} blocks", proof.whole_blocks)
    mb = proof.whole_bytes >> 20
    _say(words.format(disk=proof.disk, blocks=blocks, samples=proof.whole_samples, mb=mb))
    if proof.signed_until_us is not None:
        _say(_("  Signed until {at}.").format(at=_moment(proof.signed_until_us)))
    for one in proof.signed_by:
        words = _("  Signed by {key}.") if asked_for_key else _("  Signed by {key}: compare it with what you noted.")
        _say(words.format(key=one))
    for title, lines in (
        (_("Altered"), proof.altered),
        (_("Missing"), proof.missing),
        (_("Never signed"), proof.unsigned),
        (_("Not signed yet"), proof.waiting),
        (_("Locked"), proof.locked),
        (_("Note"), proof.notes),
    ):
        for line in lines:
            _say(f"  {title}: {line}")


def show_key(asked: argparse.Namespace) -> None:
    """Show the public key and its fingerprint; change or export it first where that is asked."""
    key = DeviceKey(Instance(asked.data))
    if asked.rotate:
        key.rotate()
    if asked.export:
        write_file(asked.export, public_pem(key.public))
    _say(_("Fingerprint {key}").format(key=fingerprint(key.public)))
    _say(public_pem(key.public).decode().rstrip())
    for one in key.statements():
        words = _("Key {n} since {at}: {key}")
        _say(words.format(n=one.number, at=_moment(one.made_us), key=fingerprint(one.key)))


def recovery(asked: argparse.Namespace) -> None:
    """Show the recovery keys, or take one."""
    keys = KeyRing(Instance(asked.data))
    if asked.enter:
        number = keys.enter(typed_key())
        _say(_("Key {number:08x} is known now. What is encrypted with it can be played.").format(number=number))
        return
    known = keys.all()
    if not known:
        raise NoRecoveryKey
    for one in known:
        secret = keys.of(one.number)
        assert secret is not None
        pool = _("pool {pool}").format(pool=one.pool) if one.pool is not None else _("a pool of another recorder")
        words = _("Key {number:08x} of {pool}, since {at}:")
        _say(words.format(number=one.number, pool=pool, at=_moment(one.made_us)))
        _say(f"  {recovery_key(secret)}")
    _say(_("Write it down and keep it apart from the recorder. Without it, and without this recorder, nobody can ever"))
    _say(_("read the disks of the pool."))


def _moment(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / SECOND_US, UTC).astimezone().isoformat(sep=" ", timespec="seconds")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _progress(done: int, count: int) -> None:
    if sys.stderr.isatty() and count:
        sys.stderr.write(f"\r{100 * done // count:3} %\r")
