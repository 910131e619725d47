"""Bundles by the root helper, against RAUC itself: what is taken, and in which words the rest is refused."""

import errno
import os
import secrets
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from hal.admin import firmware as firmwares
from hal.admin.firmware import Firmwares
from hal.admin.job import JOB, Done, Job, run
from hal.admin.rauc import install as rauc_install
from hal.errors import BadRequest, Refused
from hal.firmware.inspection import Refusal, Signer
from hal.firmware.token import Permit, sign
from hal.machine import Machine
from tests.peers import rauc

pytestmark = pytest.mark.peer("rauc")


class Bench:
    """A recorder that runs 1.4.1, and a workshop of bundles."""

    def __init__(self, root, release, development):
        self.root = root
        self.inbox, self.vault, self.keys = root / "inbox", root / "vault", root / "keys"
        for one in (self.inbox, self.keys, root / "etc/rauc"):
            one.mkdir(parents=True)
        (root / "etc/rauc/system.conf").write_text(rauc.CONFIGURATION)
        (root / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n")
        self.runs("1.4.1")
        shutil.copy(release.certificate, self.keys / "release.pem")
        self.development = development.certificate
        self.asked = []
        self.marks = False
        self.moment = ""
        machine = Machine(etc=root / "etc", root=root)
        self.firmware = Firmwares(machine, self.inbox, self.vault, self.keys, self._run)

    def runs(self, version):
        (self.root / "etc/os-release").write_text(f'ID=debian\nIMAGE_VERSION="{version}"\n')

    def _run(self, argv, given=b"", patience_s=60.0):
        self.asked.append(list(argv))
        if self.marks and argv[1] == "status":
            return Done(0, b"", "")
        before = ["faketime", "-f", f"@{self.moment}"] if self.moment else []
        return run([*before, *argv], given, patience_s)

    def put(self, source):
        name = f"{secrets.token_hex(16)}.raucb"
        shutil.copy(source, self.inbox / name)
        return name

    def check(self, source, token=""):
        return self.firmware.check(file=self.put(source), token=token)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workshop")
    release, development, other = (rauc.Authority(folder, name) for name in ("release", "development", "other"))
    signer = release.signer()
    make = rauc.bundle
    good = make(folder / "good", signer, build="2026-11-27T04:00Z schema=3 least=1.2.0")
    whole = good.read_bytes()
    (folder / "cut").write_bytes(whole[: len(whole) // 2])
    (folder / "text").write_bytes(b"a film named like a bundle" * 1000)
    files = {
        "good": good,
        "development": make(folder / "development", development.signer()),
        "foreign": make(folder / "foreign", other.signer()),
        "purpose": make(folder / "purpose", release.signer("web", use="serverAuth")),
        "expired": make(folder / "expired", release.signer("old", moment="2020-01-01 00:00:00")),
        "format": make(folder / "format", signer, form="plain"),
        "board": make(folder / "board", signer, board="nightjar-other"),
        "older": make(folder / "older", signer, version="1.4.0"),
        "before": make(folder / "before", signer, version="1.4.1-rc1"),
        "same": make(folder / "same", signer, version="1.4.1"),
        "step": make(folder / "step", signer, version="3.0.0", build="least=2.0.0"),
        "cut": folder / "cut",
        "no_bundle": folder / "text",
        "altered": rauc.changed(folder / "altered", good, whole.rfind(b"compatible=nightjar") + 12),
        "damaged": rauc.changed(folder / "damaged", good, 4096 + 77),
        "tree": rauc.changed(folder / "tree", good, len(whole) - int.from_bytes(whole[-8:], "big") - 8 - 9),
    }
    return release, development, files


@pytest.fixture
def bench(tmp_path, workshop):
    release, development, _files = workshop
    return Bench(tmp_path, release, development)


@pytest.mark.covers("D-MNT-15")
def test_a_bundle_for_this_recorder_is_taken_and_told(bench, workshop):
    found = bench.check(workshop[2]["good"])
    assert (found.refusal, found.signer, found.version) == (Refusal.NONE, Signer.RELEASE, "1.4.2")
    assert (found.built, found.schema, found.least) == ("2026-11-27T04:00Z", 3, "1.2.0")
    assert found.description == "What is new"
    assert bench.check(workshop[2]["same"]).refusal is Refusal.NONE
    assert list(bench.inbox.iterdir()) == []
    (kept,) = bench.vault.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o400


@pytest.mark.covers("D-MNT-15.1")
@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        ("development", Refusal.FOREIGN),
        ("foreign", Refusal.FOREIGN),
        ("purpose", Refusal.PURPOSE),
        ("expired", Refusal.EXPIRED),
        ("format", Refusal.FORMAT),
        ("board", Refusal.BOARD),
        ("older", Refusal.OLDER),
        ("before", Refusal.OLDER),
        ("step", Refusal.STEP),
        ("cut", Refusal.CUT),
        ("no_bundle", Refusal.NO_BUNDLE),
        ("altered", Refusal.ALTERED),
        ("damaged", Refusal.DAMAGED),
        ("tree", Refusal.DAMAGED),
    ],
)
def test_what_is_not_for_this_recorder_is_refused_and_nothing_of_it_is_kept(bench, workshop, kind, refusal):
    found = bench.check(workshop[2][kind])
    assert found.refusal is refusal, found.detail
    assert [*bench.inbox.iterdir(), *bench.vault.iterdir()] == []
    if refusal not in {Refusal.BOARD, Refusal.OLDER, Refusal.STEP}:
        assert found.version == found.description == "", "what nobody signed is not told"


def test_a_development_image_takes_what_either_authority_signed_and_says_so(bench, workshop):
    assert not bench.firmware.installed().development
    shutil.copy(bench.development, bench.keys / "development.pem")
    assert bench.firmware.installed().development
    assert bench.check(workshop[2]["development"]).signer is Signer.DEVELOPMENT
    assert bench.check(workshop[2]["good"]).signer is Signer.RELEASE
    assert bench.check(workshop[2]["foreign"]).refusal is Refusal.FOREIGN


def test_a_dead_clock_neither_refuses_what_is_good_nor_lets_through_what_had_expired(bench, workshop):
    bench.moment = "1970-01-02 00:00:00"
    assert bench.check(workshop[2]["good"]).refusal is Refusal.NONE
    assert bench.check(workshop[2]["expired"]).refusal is Refusal.EXPIRED
    assert bench.check(workshop[2]["older"]).refusal is Refusal.OLDER
    assert bench.check(workshop[2]["foreign"]).refusal is Refusal.FOREIGN


def test_what_somebody_can_still_write_is_not_taken(bench, workshop):
    name = bench.put(workshop[2]["good"])
    with (bench.inbox / name).open("r+b"):
        assert bench.firmware.check(file=name).refusal is Refusal.WRITTEN
    name = bench.put(workshop[2]["good"])
    os.link(bench.inbox / name, bench.root / "another name")
    before = (bench.root / "another name").stat().st_mode
    assert bench.firmware.check(file=name).refusal is Refusal.NO_BUNDLE
    assert (bench.root / "another name").stat().st_mode == before


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/etc/passwd")])
def test_what_is_no_file_is_not_taken_nor_waited_for(bench, make):
    name = f"{'ab' * 16}.raucb"
    make(bench.inbox / name)
    try:
        assert bench.firmware.check(file=name).refusal is Refusal.NO_BUNDLE
    finally:
        assert Path("/etc/passwd").stat().st_mode & 0o777 == 0o644


def test_what_is_installed_are_the_bytes_that_were_checked(bench, workshop, monkeypatch):
    installed = []
    monkeypatch.setattr(firmwares, "install", lambda argv, *_: installed.append(Path(argv[-1]).read_bytes()))
    found = bench.check(workshop[2]["good"])
    monkeypatch.setattr(bench, "marks", True)
    bench.firmware.install(digest=found.digest)
    assert bench.asked[-1] == ["rauc", "status", "mark-good", "other"], "RAUC leaves it as one that may not start"
    assert installed == [workshop[2]["good"].read_bytes()]
    (kept,) = bench.vault.iterdir()
    for swapped, words in (("same", "swapped"), ("older", "older"), ("damaged", "damaged")):
        kept.unlink()
        shutil.copy(workshop[2][swapped], kept)
        with pytest.raises(Refused, match=words):
            bench.firmware.install(digest=found.digest)
    kept.unlink()
    with pytest.raises(BadRequest, match="not there any more"):
        bench.firmware.install(digest=found.digest)
    assert len(installed) == 1


def test_from_another_file_system_it_is_copied(bench, workshop, monkeypatch):
    def other(_path, _to):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    before = Path.rename
    monkeypatch.setattr(
        Path, "rename", lambda one, to: other(one, to) if one.parent == bench.inbox else before(one, to)
    )
    assert bench.check(workshop[2]["good"]).refusal is Refusal.NONE
    assert list(bench.inbox.iterdir()) == []
    name = f"{'ab' * 16}.raucb"
    (bench.inbox / name).symlink_to("/etc/passwd")
    with pytest.raises(Refused):
        bench.firmware.check(file=name)


def test_it_is_too_old_once_something_newer_runs(bench, workshop):
    found = bench.check(workshop[2]["good"])
    bench.runs("1.5.0")
    with pytest.raises(Refused, match="older"):
        bench.firmware.install(digest=found.digest)


def test_an_older_version_needs_a_permit_for_this_recorder_and_this_version(bench, workshop):
    keys = [Ed25519PrivateKey.generate() for _one in range(3)]
    private = [one.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for one in keys]
    public = [one.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for one in keys]
    recorder = bench.firmware.installed().recorder
    assert len(recorder) == 16
    good = sign(Permit(recorder, "1.4.0"), private[1])
    assert bench.check(workshop[2]["older"], good).refusal is Refusal.PERMIT, "no key is known yet"
    (bench.keys / "permits.pem").write_bytes(public[0] + public[1])
    assert bench.check(workshop[2]["older"], good).refusal is Refusal.NONE
    payload, _dot, signature = good.partition(".")
    for token in (
        sign(Permit(recorder, "1.4.0"), private[2]),
        sign(Permit("0" * 16, "1.4.0"), private[1]),
        sign(Permit(recorder, "1.3.0"), private[1]),
        f"{payload}.{'A' * len(signature)}",
        f"{payload}.",
        payload,
        "é.é",
        ".",
    ):
        assert bench.check(workshop[2]["older"], token).refusal is Refusal.PERMIT, token
    # A permit lifts nothing but the age.
    assert bench.check(workshop[2]["foreign"], good).refusal is Refusal.FOREIGN


@pytest.mark.parametrize(
    ("argv", "said"),
    [(["no-such-program"], "no-such-program could not be started"), (["sleep", "60"], "sleep did not end within 0 s")],
)
def test_a_signature_that_nobody_could_judge_is_not_called_bad_and_it_is_said_what_happened(
    bench, workshop, argv, said
):
    bench.firmware._run = lambda *_all: run(argv, patience_s=0.0)
    found = bench.check(workshop[2]["good"])
    assert found.refusal is Refusal.NO_RAUC
    assert said in found.detail


def test_what_is_no_image_of_ours_is_not_updated(tmp_path):
    told = Firmwares(Machine(etc=tmp_path, root=tmp_path), tmp_path, tmp_path, tmp_path).installed()
    assert "does not run from an image" in told.problem


def test_every_cut_of_a_bundle_is_refused(bench, workshop):
    whole = workshop[2]["good"].read_bytes()
    for length in (0, 1, 7, 8, 9, 4095, 4096, 4097, len(whole) - 4096, len(whole) - 9, len(whole) - 8, len(whole) - 1):
        cut = bench.root / "cut"
        cut.write_bytes(whole[:length])
        assert bench.check(cut).refusal in {Refusal.NO_BUNDLE, Refusal.CUT, Refusal.DAMAGED}, length


def test_how_far_installing_is_never_goes_back(bench, workshop, monkeypatch, tmp_path):
    program = tmp_path / "rauc"
    program.write_text('#!/bin/sh\nfor one in 0 20 60 100; do echo "$one% at it"; done\n')
    program.chmod(0o755)
    told = []
    JOB.set(Job(lambda percent, _words: told.append(percent)))
    found = bench.check(workshop[2]["good"])
    told.clear()
    monkeypatch.setattr(bench, "marks", True)
    monkeypatch.setattr(firmwares, "install", lambda argv, *rest: rauc_install([str(program), *argv[1:]], *rest))
    bench.firmware.install(digest=found.digest)
    assert told == sorted(told)
    assert told[-1] == 100.0
    assert any(firmwares.AGAIN_SHARE < one < 100.0 for one in told)
