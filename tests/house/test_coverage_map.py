import re

from tests import coverage_map


def test_every_covered_id_is_a_known_promise():
    assert set(coverage_map.covered()) <= set(coverage_map.promises())


def test_ids_are_written_as_the_reference_has_them():
    assert [number for number in coverage_map.promises() if not re.fullmatch(r"[DVP]-[A-Z]+-\d+(\.\d+)*", number)] == []


def test_a_mark_is_read_with_its_test(tmp_path, monkeypatch):
    monkeypatch.setattr(coverage_map, "TESTS", tmp_path / "tests")
    path = tmp_path / "tests" / "test_it.py"
    path.parent.mkdir()
    path.write_text('import pytest\n@pytest.mark.covers("D-REC-02", "V-REC-01")\ndef test_x(): ...\n')
    test = "tests/test_it.py::test_x"
    assert list(coverage_map.marks(path)) == [("D-REC-02", test), ("V-REC-01", test)]
