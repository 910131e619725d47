"""The recorder's own certificate."""

import ssl
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

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
