from itertools import pairwise

import pytest

from hal.firmware.version import Version

ORDERED = ["0.1", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
           "1.0.0-rc.1", "1", "1.0.1", "1.2.0", "1.10.0", "2.0.0"]  # fmt: skip


def test_versions_are_ordered_as_semver_orders_them():
    parsed = [Version.parse(one) for one in ORDERED]
    assert all(one < other for one, other in pairwise(parsed))
    assert len(set(parsed)) == len(parsed)


def test_what_was_built_from_it_makes_no_other_version():
    assert Version.parse("1.2.0+g12") == Version.parse("1.2.0")


@pytest.mark.parametrize("text", ["", "v1", "1.2.3.4", "1.2.3 ", "1.2.x", "-1", "1" * 20, "1.0.0-", "٣"])
def test_what_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        Version.parse(text)
