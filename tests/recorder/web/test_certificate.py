"""The recorder's own certificate."""

import ssl
import stat
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from recorder.configuration.web_certificate import RESTORED, WebCertificate, gathered
from recorder.web.certificate import RENEW_DAYS, VALID_DAYS, ensure, host_names


def load(files):
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


def test_it_is_made_at_the_first_run_and_kept(tmp_path):
    files = ensure(tmp_path)
    first = files.certificate.read_bytes()
    assert ensure(tmp_path).certificate.read_bytes() == first
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(files.certificate, files.key)


def test_its_key_is_for_the_recorder_alone(tmp_path):
    assert stat.S_IMODE(ensure(tmp_path).key.stat().st_mode) == 0o600


def test_it_names_this_machine(tmp_path):
    found = load(ensure(tmp_path))
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(host_names()) <= set(names.get_values_for_type(x509.DNSName))
    assert "127.0.0.1" in {str(one) for one in names.get_values_for_type(x509.IPAddress)}
    key = found.public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    assert isinstance(key.curve, SECP256R1)


def test_it_is_renewed_before_it_runs_out(tmp_path):
    now = datetime.now(UTC)
    first = load(ensure(tmp_path, now))
    assert load(ensure(tmp_path, now + timedelta(days=VALID_DAYS - RENEW_DAYS - 1))) == first
    assert load(ensure(tmp_path, now + timedelta(days=VALID_DAYS - RENEW_DAYS + 1))) != first


@pytest.mark.parametrize("damage", [b"", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n", b"\xff" * 100])
@pytest.mark.parametrize("name", ["certificate", "key"])
def test_a_damaged_one_is_made_anew(tmp_path, damage, name):
    files = ensure(tmp_path)
    getattr(files, name).write_bytes(damage)
    ensure(tmp_path)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(files.certificate, files.key)


def test_the_fingerprint_is_as_browsers_show_it(tmp_path):
    parts = ensure(tmp_path).fingerprint.split(":")
    assert len(parts) == 32
    assert bytes.fromhex("".join(parts))


def brought_back(folder, found):
    """A folder with a certificate of its own, and one that was brought back there."""
    folder.mkdir(exist_ok=True)
    own = ensure(folder).fingerprint
    (folder / RESTORED).write_bytes(msgspec.json.encode(found))
    return own


@pytest.fixture
def before(tmp_path):
    """The certificate of a recorder before its reinstall, and its fingerprint."""
    (tmp_path / "before").mkdir()
    assert gathered(tmp_path / "before") is None
    return ensure(tmp_path / "before").fingerprint, gathered(tmp_path / "before")


def test_one_that_was_brought_back_is_taken_once_and_renewed_in_its_time(tmp_path, before):
    fingerprint, found = before
    own = brought_back(tmp_path / "new", found)
    assert own != fingerprint
    files = ensure(tmp_path / "new")
    assert files.fingerprint == fingerprint
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(files.certificate, files.key)
    assert ensure(tmp_path / "new").fingerprint == fingerprint
    late = datetime.now(UTC) + timedelta(days=VALID_DAYS - RENEW_DAYS + 1)
    renewed = ensure(tmp_path / "new", late).fingerprint
    assert renewed != fingerprint
    assert ensure(tmp_path / "new", late).fingerprint == renewed
    names = {one.name for one in (tmp_path / "new").iterdir()}
    assert names == {"web.crt", "web.key", "restored-web.json", "restored-web.taken"}


def test_one_that_was_brought_back_and_then_thrown_away_does_not_return(tmp_path, before):
    fingerprint, found = before
    brought_back(tmp_path / "new", found)
    files = ensure(tmp_path / "new")
    assert files.fingerprint == fingerprint
    # Who knows that somebody has the key throws both away, and gets another one for good.
    files.key.unlink()
    files.certificate.unlink()
    another = ensure(tmp_path / "new").fingerprint
    assert another != fingerprint
    assert ensure(tmp_path / "new").fingerprint == another


def test_one_that_was_brought_back_and_is_no_good_leaves_the_present_one(tmp_path, before):
    _fingerprint, found = before
    other = gathered(ensure(tmp_path).key.parent)
    mixed = WebCertificate(found.certificate, other.key)
    for at, bad in enumerate((WebCertificate("", ""), mixed, {"certificate": 5}, [])):
        folder = tmp_path / f"new{at}"
        own = brought_back(folder, bad)
        assert ensure(folder).fingerprint == own
    (folder / RESTORED).write_bytes(b"\xff noise")
    assert ensure(folder).fingerprint == own
    assert found.key not in repr(found)


def test_a_cut_between_its_key_and_its_certificate_has_it_taken_anew(tmp_path, before):
    fingerprint, found = before
    brought_back(tmp_path / "new", found)
    (tmp_path / "new" / "web.key").write_text(found.key)  # the key was there, the certificate not yet
    assert ensure(tmp_path / "new").fingerprint == fingerprint


def test_in_a_folder_that_is_shared_who_makes_backups_reads_its_key(tmp_path):
    tmp_path.chmod(0o700)
    files = ensure(tmp_path)
    tmp_path.chmod(0o2770)  # as an update leaves the folder of an older version
    assert ensure(tmp_path).fingerprint == files.fingerprint
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o640
