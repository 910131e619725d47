"""The recorder's own firmware: what runs, a bundle from a stick, file or address, when it is installed, permits."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hal.client.sizes import size
from recorder.cli.connection import owner
from recorder.cli.files import NotAFile
from recorder.cli.following import JobFailed
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.answers import UpdateStatus
    from recorder.client.api import ApiClient

LOOK_S = 0.5


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    parser = verbs.add_parser("update", parents=[shared], help="the recorder's own firmware")
    actions = parser.add_subparsers(dest="action", required=True)
    one = actions.add_parser("show", parents=[shared], help="what runs, what is on sticks, how the update stands")
    one.add_argument("--json", action="store_true")
    for name, what, about in (
        ("stick", "id", "copy a file of a USB stick and check it, by its id in `update show`"),
        ("file", "path", "send a file and have it checked"),
        ("address", "url", "fetch a file from a web server and check it"),
    ):
        one = actions.add_parser(name, parents=[shared], help=about)
        one.add_argument("what", metavar=what.upper())
        one.add_argument("--permit", default="", help="a text that lets this recorder go back to an older version")
    one = actions.add_parser("install", parents=[shared], help="install what was checked; the recorder starts anew")
    one.add_argument("when", choices=["now", "tonight"])
    one.add_argument("--yes", action="store_true", help="agree to the seconds that are not recorded meanwhile")
    actions.add_parser("cancel", parents=[shared], help="give up what is copied, or have no checked bundle any more")
    actions.add_parser("seen", parents=[shared], help="say that one has seen how the last update ended")
    one = actions.add_parser(
        "permit", parents=[shared], help="sign a permit to go back, with the project's private key"
    )
    one.add_argument("--key", type=Path, required=True, help="an Ed25519 key, PEM")
    one.add_argument("--recorder", required=True, help="its name, as `update show` says it")
    one.add_argument("--to", required=True, metavar="VERSION")
    one.set_defaults(run=permit)
    for name, action in actions.choices.items():
        if name != "permit":
            action.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Carry out what was asked; raises `NightjarError`."""
    with owner(asked) as api:
        match asked.action:
            case "stick":
                _follow(api, api.update_from_stick(asked.what, asked.permit))
            case "file":
                try:
                    told = api.update_from_file(Path(asked.what), asked.permit)
                except OSError as error:
                    raise NotAFile(path=asked.what, problem=error.strerror or error) from None
                _follow(api, told)
            case "address":
                _follow(api, api.update_from_address(asked.what, asked.permit))
            case "install":
                _install(api, asked.when, agreed=asked.yes)
            case "cancel":
                print(api.forget_update().words)
            case "seen":
                api.update_seen()
            case _:
                _show(api.update(), as_json=asked.json)


def permit(asked: argparse.Namespace) -> None:
    """Sign a permit; raises `NotAFile`."""
    from hal.client.firmware import Permit, sign

    try:
        print(sign(Permit(asked.recorder, asked.to), asked.key.read_bytes()))
    except OSError as error:
        raise NotAFile(path=asked.key, problem=error.strerror or error) from None
    except ValueError:
        raise NotAFile(path=asked.key, problem=_("This is no Ed25519 key without a password.")) from None


def _install(api: "ApiClient", when: str, *, agreed: bool) -> None:
    told = api.update()
    if told.bundle is None:
        raise JobFailed(words=_("No update was checked. Take one from a stick, a file or an address first."))
    if not agreed:
        words = _("About {seconds} s will not be recorded while the recorder starts anew. Say --yes to agree.")
        raise JobFailed(words=words.format(seconds=told.gap_s))
    print(api.install_update(told.bundle.digest, when, told.gap_s).words)


def _follow(api: "ApiClient", told: "UpdateStatus") -> None:
    """Tell how far it is until it is checked; raises `JobFailed` where it is refused."""
    said = ""
    while told.busy:
        percent = "" if told.percent is None else f"{told.percent:3.0f} % "
        if (line := percent + told.words) != said:
            said = line
            print(line, file=sys.stderr)
        time.sleep(LOOK_S)
        told = api.update()
    if told.bundle is None:
        raise JobFailed(words=told.words)
    _show(told, as_json=False)


def _show(told: "UpdateStatus", *, as_json: bool) -> None:
    if as_json:
        from recorder.cli.output import print_json

        print_json(told)
        return
    development = _(" (development)") if told.development else ""
    print(_("Version {version}{development}, recorder {recorder}").format(
        version=told.version or "?", development=development, recorder=told.recorder or "?"
    ))  # fmt: skip
    print(told.problem or told.words)
    for one in told.found:
        print(f"  {one.id}  {one.stick}: {one.name}  {size(one.bytes)}  {one.problem}")
    if told.stick_problem:
        print(f"  {told.stick_problem}")
    if (bundle := told.bundle) is not None:
        print(f"  {bundle.version}  {bundle.built}  {size(bundle.bytes)}  {bundle.signer}  {bundle.source}")
        print(_("  About {seconds} s will not be recorded while the recorder starts anew.").format(seconds=told.gap_s))
