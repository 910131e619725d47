"""No text of anybody reaches a shell: nothing of ours starts one (case 34 of those that a recorder must survive).

Programs are started with a list of arguments, so a channel called `$(reboot)` is a channel called so.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTS_A_SHELL = {
    ("os", "system"),
    ("os", "popen"),
    ("subprocess", "getoutput"),
    ("subprocess", "getstatusoutput"),
    ("asyncio", "create_subprocess_shell"),
    ("pty", "spawn"),
}
SHELLS = {"sh", "bash", "dash", "/bin/sh", "/bin/bash", "busybox"}


def calls(text):
    return [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Call)]


def shells(text):
    """Give the lines at which a shell is started."""
    found = []
    for one in calls(text):
        function = one.func
        owner = function.value if isinstance(function, ast.Attribute) else None
        named = (owner.id, function.attr) if isinstance(owner, ast.Name) else None
        given = any(key.arg == "shell" and not (isinstance(key.value, ast.Constant) and not key.value.value)
                    for key in one.keywords)  # fmt: skip
        first = one.args[0] if one.args else None
        argv = first.elts[0] if isinstance(first, ast.List) and first.elts else None
        is_shell = isinstance(argv, ast.Constant) and argv.value in SHELLS
        if named in STARTS_A_SHELL or given or is_shell:
            found.append(one.lineno)
    return found


def test_nothing_starts_a_shell():
    files = [path for folder in ("recorder", "gui", "hal") for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 400
    assert {str(path): lines for path in files if (lines := shells(path.read_text()))} == {}


def test_a_shell_would_be_found():
    for line in (
        "import os; os.system('x')",
        "import subprocess; subprocess.run('x', shell=True)",
        "import subprocess; subprocess.run(['sh', '-c', 'x'])",
        "import asyncio; asyncio.create_subprocess_shell('x')",
    ):
        assert shells(line), line
