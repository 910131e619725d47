"""The `nightjar` command: every verb works without a screen, names the instance by --data, and says what is wrong."""

import argparse
import importlib
import os
import pkgutil
import sys
from pathlib import Path

from recorder.cli import commands
from recorder.client.errors import NightjarError
from recorder.client.instance import DATA_VARIABLE, default_data_directory


def parser() -> argparse.ArgumentParser:
    """Build the command line from the modules of `recorder.cli.commands`."""
    root = argparse.ArgumentParser(prog="nightjar", description="An open network video recorder")
    verbs = root.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--data",
        type=Path,
        default=default_data_directory(),
        metavar="DIR",
        help=f"the instance (default: ${DATA_VARIABLE}, or %(default)s)",
    )
    for found in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{found.name}").add(verbs, shared)
    return root


def main(arguments: list[str] | None = None) -> None:
    """Run one command; ends with 0, with 1 and a sentence on standard error, or with 2 for a wrong call."""
    asked = parser().parse_args(arguments)
    try:
        asked.run(asked)
    except NightjarError as error:
        sys.exit(f"nightjar: {error}")
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
