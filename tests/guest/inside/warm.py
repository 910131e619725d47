"""Python programs without Python's start: the agent imports what a program does, once, and forks for each run of it.

Under emulation Python and its imports take seconds, fork(2) takes some 20 ms. What runs share is imported code only:
each has a session, files, arguments, environment, user and name of its own, and runs its module as `python3` does. What
one of them does to its memory no other sees.
"""

import atexit
import contextlib
import ctypes
import gc
import grp
import importlib
import os
import pwd
import re
import runpy
import sys
import threading
import traceback
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).parents[3]
PR_SET_DUMPABLE, PR_SET_MM, ARG_START, ARG_END = 4, 35, 8, 9
"""linux/prctl.h; prctl(2)."""


class Program:
    """A program that was started: as much of `subprocess.Popen` as the agent needs."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], *, talks: bool, user: str, group: str) -> None:
        """`argv` are words as `python3` takes them; `user` and `group` are whose it is, where not ours."""
        _import(argv)
        gc.freeze()  # a collection in the copy would touch, and so copy, all of it
        theirs, told = os.pipe()
        heard, ours = os.pipe() if talks else (os.open(os.devnull, os.O_RDONLY), -1)
        self.pid = os.fork()
        if not self.pid:
            _become(argv, env, heard, told, user, group)
            _run(argv)
        os.close(heard)
        os.close(told)
        self.stdout = os.fdopen(theirs, "rb", buffering=0)
        self.stdin = os.fdopen(ours, "wb", buffering=0) if talks else None

    def wait(self) -> int:
        """Wait for its end; gives the exit status, or the signal that ended it as a negative number."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def _import(argv: Sequence[str]) -> None:
    """Import what the program will; what goes wrong here goes wrong there again, and is told there."""
    match argv[1:]:
        case ["-m", name, *_]:
            names = [name, f"{name}.__main__"]
        case [path, *_] if Path(path).is_relative_to(ROOT):
            names = [".".join(Path(path).relative_to(ROOT).with_suffix("").parts)]
        case ["-c", code, *_]:
            names = re.findall(r"^from ((?:hal|recorder|tests)[\w.]*) import ", code, re.MULTILINE)
        case _:
            names = []
    for name in names:
        if name not in sys.modules:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def _become(argv: Sequence[str], env: Mapping[str, str], heard: int, told: int, user: str, group: str) -> None:
    """Leave the agent behind."""
    os.setsid()
    for number, file in enumerate((heard, told, told)):
        os.dup2(file, number)
    # Objects of the agent that own some of these live on until the end, so none closes a number that is used again.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.environ.update(env)
    libc = ctypes.CDLL(None, use_errno=True)
    _call_it(argv, libc)
    become_user(user, group)
    if user:
        # As after execve(2): what it does is its user's to see.
        libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def become_user(user: str, group: str) -> None:
    """Be a user with all groups of his, and with another as the first, as setpriv(1) makes it."""
    if group:
        number = grp.getgrnam(group).gr_gid
        if user:
            # The group that the user has in passwd is one of them.
            os.initgroups(user, pwd.getpwnam(user).pw_gid)
        os.setresgid(number, number, number)
    if user:
        number = pwd.getpwnam(user).pw_uid
        os.setresuid(number, number, number)


def _call_it(argv: Sequence[str], libc: ctypes.CDLL) -> None:
    """Have the kernel list it by these words."""
    words = b"".join(one.encode() + b"\0" for one in argv)
    _call_it.kept = kept = ctypes.create_string_buffer(words, len(words))  # type: ignore[attr-defined]
    begin = ctypes.addressof(kept)
    # The heap lies below the stack, where the words were: in this order the start never lies behind the end.
    for which, at in ((ARG_START, begin), (ARG_END, begin + len(words))):
        libc.prctl(PR_SET_MM, which, ctypes.c_ulong(at), 0, 0)


def _run(argv: Sequence[str]) -> None:
    """Run it to its end; never returns. What is the product's ends as any Python ends, by `SystemExit`."""
    try:
        _run_it(argv)
    except SystemExit as end:
        if is_the_products(argv):
            raise
        _end_at_once(end)


def is_the_products(argv: Sequence[str]) -> bool:
    """Whether it is a process of the recorder, and no program of a test's own."""
    return argv[1] == "-m" and argv[2].split(".")[0] in {"hal", "recorder", "gui"}


def _end_at_once(end: SystemExit) -> NoReturn:
    """End as Python does, but leave it to the kernel to give memory back.

    Python takes every module apart, and so copies nearly all that the agent has: 3 400 pages, most of what a run costs.
    """
    if end.code is None or isinstance(end.code, int):
        status = end.code or 0
    else:
        sys.stdout.flush()
        print(end.code, file=sys.stderr)
        status = 1
    # In the order of Py_FinalizeEx, and by the functions that it calls.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]
    for file in (sys.stdout, sys.stderr):
        try:
            file.flush()
        except OSError:
            status = status or 120
    os._exit(status & 0xFF)


def _run_it(argv: Sequence[str]) -> None:
    """Run it; always raises `SystemExit`."""
    sys.path[:] = [str(Path.cwd()), *(one for one in sys.path[1:] if Path(one) != Path(__file__).parent)]
    try:
        match argv[1:]:
            case ["-m", name, *words]:
                sys.argv = ["-m", *words]
                sys.modules.pop(f"{name}.__main__", None)
                if not hasattr(sys.modules.get(name), "__path__"):
                    sys.modules.pop(name, None)
                runpy.run_module(name, run_name="__main__", alter_sys=True)
            case ["-c", code, *words]:
                sys.argv = ["-c", *words]
                sys.modules["__main__"] = module = types.ModuleType("__main__")
                exec(compile(code, "<string>", "exec"), vars(module))
            case [path, *words]:
                sys.argv = [path, *words]
                sys.path[0] = str(Path(path).parent)
                runpy.run_path(path, run_name="__main__")
            case _:
                sys.exit("No program was named.")
    except SystemExit:
        raise
    except BaseException:  # noqa: BLE001  # Python tells whatever ends a program
        traceback.print_exc()
        raise SystemExit(1) from None
    raise SystemExit(0)
