"""The arrows of the house: who may import whom (docs/design/house.md)."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"pydantic", "fastapi", "numpy", "cv2", "av", "pygame", "uvicorn"}


def modules(package):
    return sorted((ROOT / package).rglob("*.py"))


@cache
def imports(path):
    """Each absolute module name that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return sorted(found)


def within(name, package):
    return name == package or name.startswith(package + ".")


def offenders(package, *, forbidden, allowed=()):
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imports(path)
        if any(within(name, one) for one in forbidden) and not any(within(name, one) for one in allowed)
    ]


def test_the_recorder_never_imports_the_screen():
    assert offenders("recorder", forbidden=["gui"]) == []


def test_the_screen_sees_of_the_recorder_only_its_client():
    assert offenders("gui", forbidden=["recorder"], allowed=["recorder.client"]) == []


def test_the_screen_links_no_decoder():
    assert offenders("gui", forbidden=["av"]) == []


def test_others_see_of_the_hardware_only_its_client():
    assert offenders("recorder", forbidden=["hal"], allowed=["hal.client"]) == []
    assert offenders("gui", forbidden=["hal"], allowed=["hal.client"]) == []


def test_the_hardware_layer_stands_alone():
    assert offenders("hal", forbidden=["recorder", "gui"]) == []


def test_simulators_import_nothing_from_drivers():
    assert offenders("hal/simulated", forbidden=["hal.drivers"]) == []


@pytest.mark.parametrize("package", ["recorder/rtsp", "recorder/store", "recorder/media", "recorder/codec"])
def test_the_sample_path_stays_small(package):
    assert offenders(package, forbidden=HEAVY) == []


def loaded_by(code):
    """The modules that a fresh Python has read after this."""
    command = [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, check=True).stdout.decode().split())


def test_control_starts_without_what_writes_and_reads_disks_and_what_events_may_need_later():
    loaded = loaded_by("import recorder.control.__main__")
    assert "recorder.store.policy" in loaded
    assert not {"recorder.store.writer", "recorder.store.reader", "recorder.store.index"} & loaded
    assert not {"httpx", "paho.mqtt.client", "pysnmp"} & loaded


def test_the_command_line_starts_without_what_pages_are_made_with():
    loaded = loaded_by("from recorder.cli import parser; parser()")
    assert "recorder.cli.commands.group" in loaded
    assert not {"pydantic", "fastapi"} & loaded


def test_the_client_package_leads_nowhere_else():
    assert offenders("recorder/client", forbidden=["recorder"], allowed=["recorder.client"]) == []


def test_an_arrow_against_the_wind_is_found(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "recorder").mkdir()
    (tmp_path / "recorder" / "bad.py").write_text("def late():\n    from gui.wall import page\n")
    assert offenders("recorder", forbidden=["gui"]) == [
        "recorder/bad.py imports gui.wall",
        "recorder/bad.py imports gui.wall.page",
    ]
