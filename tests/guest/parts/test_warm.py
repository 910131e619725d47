"""Python programs that the guest's agent forks: as separate as if each had been started."""

import grp
import os
import pty
import pwd
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.guest.image import INSIDE
from tests.guest.inside import warm
from tests.guest.shell import Shell

SEEN = "import json, os; print(getattr(json, 'mine', None), os.environ.get('MINE'), os.getcwd())"


@pytest.fixture
def shell(tmp_path: Path):
    """Talk to an agent on this machine, over a terminal as in the guest."""
    ours, theirs = pty.openpty()
    near, far = socket.socketpair()
    agent = subprocess.Popen(
        [sys.executable, INSIDE / "agent.py", os.ttyname(theirs)], cwd=tmp_path, stdin=subprocess.DEVNULL
    )

    def carry(take: Callable[[], bytes], give: Callable[[bytes], object]):
        try:
            while data := take():
                give(data)
        except OSError:
            return  # the other end is gone

    for take, give in (
        (lambda: os.read(ours, 65536), far.sendall),
        (lambda: far.recv(65536), partial(os.write, ours)),
    ):
        threading.Thread(target=carry, args=(take, give), daemon=True).start()
    one = Shell(near, lambda: "")
    one.wait_until_up(60)
    yield one
    agent.kill()
    agent.wait()
    far.close()
    one.close()
    os.close(theirs)
    os.close(ours)


def test_what_one_program_does_to_its_memory_no_other_sees(shell: Shell, tmp_path: Path):
    change = "import json, os; json.mine = 1; os.environ['MINE'] = '1'; os.chdir('/')"
    assert shell.run("python3", "-c", change) == ""
    assert shell.run("python3", "-c", SEEN) == f"None None {tmp_path}\n"
    assert shell.run("python3", "-c", SEEN, MINE="2") == f"None 2 {tmp_path}\n"


def test_a_program_runs_as_python_runs_it(shell: Shell, tmp_path: Path):
    assert shell.run("python3", "-c", "import sys; print(__name__, sys.argv)", "a b") == "__main__ ['-c', 'a b']\n"
    script = tmp_path / "script.py"
    script.write_text("import sys\nif __name__ == '__main__':\n    print(sys.argv[1:], sys.path[0])\n")
    assert shell.run("python3", str(script), "x") == f"['x'] {tmp_path}\n"
    assert shell.run("python3", "-m", "json.tool", "--help").startswith("usage: ")


def test_it_ends_as_it_would(shell: Shell):
    fails = shell.start("python3", "-c", "open('/nowhere/at/all')")
    assert fails.wait(60) == 1
    assert "FileNotFoundError" in fails.output
    assert shell.start("python3", "-c", "import sys; sys.exit(7)").wait(60) == 7
    assert shell.run("python3", "-c", "import atexit; atexit.register(print, 'late')") == "late\n"
    waits = shell.talk("python3", "-c", "for line in iter(input, 'end'): print(line * 2, flush=True)")
    waits.say("ab")
    waits.wait_for("abab")
    waits.signal(signal.SIGKILL)
    assert waits.wait(60) == -signal.SIGKILL


LATE = """
import atexit, sys, threading
sys.stdout = open(1, "w", closefd=False)  # which is flushed when it is full, or at the end
go = threading.Event()
threading.Thread(target=lambda: (go.wait(), print("thread"))).start()
atexit.register(print, "at exit")
print("main")
go.set()
"""
GOES = "class Goes:\n  def __del__(self): print('goes')\none = Goes()"


def test_what_a_program_leaves_to_its_end_is_done(shell: Shell):
    assert shell.run("python3", "-c", LATE) == "main\nthread\nat exit\n"
    fails = shell.start("python3", "-c", f"{LATE}sys.exit('words')")
    assert fails.wait(60) == 1
    assert sorted(fails.output.split("\n")) == sorted(["main", "words", "thread", "at exit", ""])
    assert shell.start("python3", "-c", "import sys; sys.exit(300)").wait(60) == 300 & 0xFF


def test_only_what_is_the_products_is_taken_apart_by_python(shell: Shell):
    assert shell.run("python3", "-c", GOES) == ""
    for module in ("hal", "hal.admin", "recorder.media", "gui"):
        assert warm.is_the_products(["python3", "-m", module, "--data", "/data"])
    for words in (["-m", "tests.guest.inside.record"], ["-c", "import recorder"], ["/nightjar/tests/guest/x.py"]):
        assert not warm.is_the_products(["python3", *words])


def test_a_program_of_a_user_has_the_group_of_that_user_too_and_no_right_is_gone_too_early(
    monkeypatch: pytest.MonkeyPatch,
):
    """The kernel is not asked: who runs this may not be root. What setpriv(1) does there, the guest shows."""
    done: list[tuple[object, ...]] = []

    def note(name: str, *words: object):
        done.append((name, *words))

    def known(_name: str):
        return SimpleNamespace(pw_uid=600, pw_gid=700, gr_gid=800)

    for name in ("initgroups", "setresgid", "setresuid"):
        monkeypatch.setattr(os, name, partial(note, name))
    monkeypatch.setattr(pwd, "getpwnam", known)
    monkeypatch.setattr(grp, "getgrnam", known)
    warm.become_user("nightjar-hal", "nightjar")
    assert done == [
        ("initgroups", "nightjar-hal", 700),
        ("setresgid", 800, 800, 800),
        ("setresuid", 600, 600, 600),
    ]
    done.clear()
    warm.become_user("", "nightjar")
    assert done == [("setresgid", 800, 800, 800)]
    done.clear()
    warm.become_user("", "")
    assert done == []
