"""What a device remembers outlasts power cuts; what is damaged is not believed."""

import pytest

from hal.memory import Memory
from hal.poe.port import Wish


def test_what_is_kept_is_recalled(tmp_path):
    kept = {"1": Wish(enabled=False, limit_watts=7.5), "2": Wish()}
    Memory(tmp_path / "new", "poe_supply", "PSE/../1").keep(kept)
    assert Memory(tmp_path / "new", "poe_supply", "PSE/../1").recall(dict[str, Wish], {}) == kept
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["poe_supply-PSE%2F..%2F1.json"]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"1": {"enabled": 3}}', b"\xff\xfe", b'{"1": {}' + b" " * 70000]
)
def test_what_is_damaged_is_not_believed(tmp_path, damage, caplog):
    (tmp_path / "poe_supply-PSE.json").write_bytes(damage)
    assert Memory(tmp_path, "poe_supply", "PSE").recall(dict[str, Wish], {}) == {}
    assert "is not used" in caplog.text


def test_without_a_place_nothing_is_kept():
    memory = Memory(None, "poe_supply", "PSE")
    memory.keep({"1": Wish()})
    assert memory.recall(dict[str, Wish], {}) == {}


def test_a_place_that_cannot_be_written_is_told_and_stops_nothing(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    Memory(tmp_path / "file", "poe_supply", "PSE").keep({})
    assert "could not be written" in caplog.text
