"""The `nightjar` command: every verb works without a screen, names the instance by --data, and says what is wrong."""

import argparse
import errno
import importlib
import io
import os
import pkgutil
import sys
from pathlib import Path

from recorder.cli import commands
from recorder.client.errors import NightjarError
from recorder.client.instance import DATA_VARIABLE, default_data_directory

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What comes of writing to a full disk, or to a broken one."""


def parser(verb: str = "") -> argparse.ArgumentParser:
    """Build the command line from `recorder.cli.commands`; for a verb, from the module of its name alone."""
    root = argparse.ArgumentParser(prog="nightjar", description="An open network video recorder")
    verbs = root.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    data = default_data_directory()
    told = f"the instance (default: ${DATA_VARIABLE}, or {data})".replace("%", "%%")
    # Before the verb or behind it: behind it there is no default, which would hide what stands before.
    root.add_argument("--data", type=Path, default=data, metavar="DIR", help=told)
    shared.add_argument("--data", type=Path, default=argparse.SUPPRESS, metavar="DIR", help=told)
    names = [found.name for found in pkgutil.iter_modules(commands.__path__)]
    named = verb.replace("-", "_")
    for name in [named] if named in names else names:
        importlib.import_module(f"{commands.__name__}.{name}").add(verbs, shared)
    return root


def main(arguments: list[str] | None = None) -> None:
    """Run one command; ends with 0, with 1 and a sentence on standard error, or with 2 for a wrong call."""
    words = sys.argv[1:] if arguments is None else arguments
    asked = parser(next(iter(words), "")).parse_args(words)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Whatever the terminal is set to: names of cameras are UTF-8, and those of files are bytes.
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    try:
        asked.run(asked)
        if sys.stdout is not None:
            sys.stdout.flush()
    except NightjarError as error:
        sys.exit(f"nightjar: {error}")
    except BrokenPipeError:  # the reader of our output has seen enough
        _leave_unsaid()
        sys.exit(1)
    except UnicodeEncodeError:
        sys.exit("nightjar: One of the words is no text in UTF-8.")
    except OSError as error:
        if error.errno in NO_ROOM and error.filename is None:
            _leave_unsaid()
            sys.exit(f"nightjar: Not all could be written: {error.strerror}.")
        if error.filename is None:
            raise
        # A file that was named on the command line is not there, or not ours.
        sys.exit(f"nightjar: {error.filename}: {error.strerror}")
    except KeyboardInterrupt:
        sys.exit(130)


def _leave_unsaid() -> None:
    """Let what still waits to be written go nowhere, so that it does not fail once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
