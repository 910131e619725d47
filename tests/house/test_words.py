"""What the sources may not say."""

import re
import subprocess
from pathlib import Path

import pytest

from recorder.client.errors import NightjarError

ROOT = Path(__file__).parents[2]


def sources():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [
        ROOT / name for name in listed.decode().split("\0") if name.endswith((".py", ".md", ".toml", ".html", ".js"))
    ]


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a registry", re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|crates\.io|deb\.debian\.org")),
        ("a password of the vendors", re.compile(r"admin[:/]admin|root[:/]root")),
    ],
)
def test_no_source_names(what, pattern):
    found = [f"{path}: {m[0]}" for path in sources() if (m := pattern.search(path.read_text(encoding="utf-8")))]
    assert found == [], what


def errors(root=NightjarError):
    for one in root.__subclasses__():
        yield one
        yield from errors(one)


def test_every_error_has_words_of_its_own_and_a_status():
    import recorder.client.wire  # noqa: F401 - the more modules are loaded, the more errors are seen

    for error in errors():
        assert error.words.strip(), error
        assert 400 <= error.status < 600, error
