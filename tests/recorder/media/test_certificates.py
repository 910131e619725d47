"""Certificates of cameras: the first counts, over restarts, until the owner accepts another."""

import pytest

from recorder.media.certificates import MOST_KEPT, Certificates
from recorder.rtsp.errors import CertificateChanged

FIRST, SECOND, THIRD = "11" * 32, "22" * 32, "33" * 32


@pytest.fixture
def path(tmp_path):
    return tmp_path / "certificates.json"


def test_the_first_certificate_counts_over_restarts(path):
    Certificates(path).check("Camera", 322, FIRST)
    again = Certificates(path)
    again.check("camera", 322, FIRST)
    with pytest.raises(CertificateChanged) as changed:
        again.check("camera", 322, SECOND)
    assert "22:22" in str(changed.value)
    assert again.of("camera", 322) == SECOND
    again.check("camera", 323, SECOND)
    again.check("camera", 322, FIRST)


def test_what_the_owner_accepted_takes_the_place_of_the_first(path):
    known = Certificates(path)
    known.check("camera", 322, FIRST)
    known.check("camera", 322, SECOND, accepted=SECOND)
    for wrong in (FIRST, THIRD):
        with pytest.raises(CertificateChanged):
            known.check("camera", 322, wrong, accepted=SECOND)
    Certificates(path).check("camera", 322, SECOND)


def test_an_owner_who_names_a_certificate_trusts_no_other_at_first_sight(path):
    with pytest.raises(CertificateChanged):
        Certificates(path).check("camera", 322, FIRST, accepted=SECOND)


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b'{"a": 1}', bytes(2 << 20)])
def test_a_damaged_file_costs_no_camera(path, text):
    path.write_bytes(text)
    Certificates(path).check("camera", 322, FIRST)
    with pytest.raises(CertificateChanged):
        Certificates(path).check("camera", 322, SECOND)


def test_places_that_left_the_plan_go_first(path):
    known = Certificates(path)
    known.keep([("wanted", 322)])
    known.check("wanted", 322, FIRST)
    for number in range(MOST_KEPT + 5):
        known.check(f"camera{number}", 322, FIRST)
    with pytest.raises(CertificateChanged):
        known.check("wanted", 322, SECOND)
    known.check("camera0", 322, SECOND)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(known.shown) <= MOST_KEPT


def test_a_disk_that_takes_nothing_costs_no_camera(tmp_path):
    known = Certificates(tmp_path / "missing" / "certificates.json")
    known.check("camera", 322, FIRST)
    with pytest.raises(CertificateChanged):
        known.check("camera", 322, SECOND)
