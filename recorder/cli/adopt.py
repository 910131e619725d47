"""`nightjar store adopt`, and rebuilds in the running recorder: what a person decides about a disk while it records."""

import argparse
import sys
import time
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.client.answers import ActionJob, JobState
from recorder.client.api import ApiClient
from recorder.client.errors import Invalid, NightjarError, NotFound
from recorder.client.status import DiskStatus
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

LOOK_S = 0.3
LEAST_TYPED = 8


class NotDone(NightjarError):
    """The recorder refused, or could not."""

    status = 409
    words = "{words}"


def add(actions: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the actions of `store`."""
    one = actions.add_parser(
        "adopt", parents=[shared], help="record on a disk of another recorder, an older copy, or one of two alike"
    )
    one.add_argument("disk", help="its name, as `nightjar status` shows it")
    one.add_argument("--id", default="", help="the first eight characters of its id or more; asked for at a terminal")
    one.set_defaults(run=adopt)


def adopt(asked: argparse.Namespace) -> None:
    """Have the id typed back, and adopt."""
    ask = owner(asked)
    disk = _disk(ask, asked.disk)
    typed = asked.id
    if not typed:
        if not sys.stdin.isatty():
            raise Invalid(
                problem=_("Type the id of the disk back with --id, at least {least} characters.").format(
                    least=LEAST_TYPED
                )
            )
        print(_("Disk {place}: {reason}.").format(place=disk.place, reason=disk.reason))
        print(_("Its id is {id}. Its footage stays, and it is recorded to from now on.").format(id=disk.id))
        typed = input(_("Type the first eight characters of the id: ")).strip()
    job = follow(ask, ask.run_action("disk", "adopt", {"typed": typed, "place": disk.place}, item=disk.id))
    print(_("Disk {place} is recorded to now.").format(place=disk.place))
    if job.result.get("missing_keys"):
        print(_("Its older footage is encrypted. Enter the recovery key: `nightjar store recovery-key --enter`."))


def _disk(ask: ApiClient, name: str) -> DiskStatus:
    media = ask.status().media
    found = [one for one in media.disks if name in {one.place, one.name, one.id}] if media else []
    doubted = [one for one in found if one.doubt] or found
    if not doubted:
        raise NotFound(what=_("disk {disk}").format(disk=name))
    if len(doubted) > 1:
        places = ", ".join(one.place for one in doubted)
        raise Invalid(
            problem=_("There are several disks {disk}; name one of {places}.").format(disk=name, places=places)
        )
    return doubted[0]


def follow(ask: ApiClient, job: ActionJob) -> ActionJob:
    """Wait until an action is over; raises `NotDone`."""
    while not job.state.over:
        if sys.stderr.isatty() and job.total:
            sys.stderr.write(f"\r{100 * job.done // job.total:3} %\r")
        time.sleep(LOOK_S)
        job = ask.action_job(job.id)
    if job.state is not JobState.DONE:
        raise NotDone(words=job.words)
    return job
