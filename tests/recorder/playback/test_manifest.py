"""An exported file is vouched for: every changed bit of file, manifest or signature is found, and told what it is."""

import json
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from recorder.cli import main
from recorder.client.instance import Instance
from recorder.client.stream import StreamKey, StreamName
from recorder.playback import manifest as manifests
from recorder.playback.job import ExportJob, State
from recorder.playback.verify_export import verify_export
from recorder.playback.vouch import Vouching
from recorder.store.device_key import DeviceKey, public_pem
from tests.recorder.decode.film import FRAME_US, START_US, film
from tests.recorder.decode.taps import FakeTap, Stretch
from tests.recorder.playback.from_reader import export

KEY = StreamKey(3, StreamName.MAIN)


@pytest.fixture
def exported(tmp_path):
    """(file, film, device key)."""
    instance = Instance(tmp_path / "data")
    tap = FakeTap(instance.socket("reader"))
    made = film(75, gop=25)
    tap.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    job = ExportJob(
        (3,), StreamName.MAIN, START_US, START_US + 1000 * FRAME_US, str(tmp_path), {3: "Tür"}, exported_by="anna"
    )
    done = export(job, tap.path, lambda _progress: None, threading.Event(), Vouching(instance, job))
    tap.close()
    assert done.state is State.DONE, done.words
    return Path(done.files[0]), made, DeviceKey(instance)


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.covers("V-EXP-05")
def test_an_export_says_what_it_is_and_who_made_it(exported):
    path, made, key = exported
    proof = verify_export(path, key.public)
    assert proof.faults == []
    found = proof.manifest
    assert (found.channel, found.name, found.stream, found.exported_by) == (3, "Tür", "main", "anna")
    assert found.bytes == path.stat().st_size
    assert found.first.startswith("20")
    # Where the reader gives the samples, it is not known which chunks they lie in.
    assert (found.samples, found.chunks) == (len(made.samples()), 0)


def test_an_export_of_the_first_format_is_still_believed(exported):
    path, _made, key = exported
    told = json.loads(Path(f"{path}.json").read_bytes())
    told["format"] = "nightjar export 1"
    del told["chunks"]
    data = json.dumps(told).encode()
    Path(f"{path}.json").write_bytes(data)
    Path(f"{path}.sig").write_bytes(key.sign(data))
    assert verify_export(path, key.public).faults == []
    Path(f"{path}.json").write_bytes(data.replace(b"export 1", b"export 9"))
    assert verify_export(path, key.public).faults


@pytest.mark.covers("V-EXP-05")
@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.5, 0.9, 0.9999])
def test_one_changed_bit_of_the_file_is_found(exported, share):
    path, _made, key = exported
    flip(path, int(share * path.stat().st_size))
    (fault,) = verify_export(path, key.public).faults
    assert "were altered" in fault


def test_it_is_told_which_pictures_were_altered(exported, monkeypatch):
    path, _made, key = exported
    size = path.stat().st_size
    monkeypatch.setattr(manifests, "PIECE_BYTES", size // 20)
    monkeypatch.setattr("recorder.playback.verify_export.PIECE_BYTES", size // 20)
    told = json.loads(Path(f"{path}.json").read_bytes())
    pieces = manifests.hashes_of(manifests.pieces_to_hash(path))[1]
    told |= {"piece_bytes": size // 20, "pieces": pieces}
    data = json.dumps(told).encode()
    Path(f"{path}.json").write_bytes(data)
    Path(f"{path}.sig").write_bytes(key.sign(data))
    assert verify_export(path, key.public).faults == []
    flip(path, size * 2 // 3)
    (fault,) = verify_export(path, key.public).faults
    assert "pictures of 20" in fault


def test_a_shorter_or_longer_file_is_found(exported):
    path, _made, key = exported
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    assert any("bytes" in one for one in verify_export(path, key.public).faults)
    path.write_bytes(data + b"x")
    assert any("bytes" in one for one in verify_export(path, key.public).faults)


def test_every_changed_bit_of_manifest_and_signature_is_found(exported):
    path, _made, key = exported
    for suffix in (".json", ".sig"):
        beside = Path(f"{path}{suffix}")
        whole = beside.read_bytes()
        for at in range(0, len(whole), 1 if suffix == ".sig" else 7):
            flip(beside, at)
            assert verify_export(path, key.public).faults, (suffix, at)
            beside.write_bytes(whole)
    assert verify_export(path, key.public).faults == []


def test_a_file_signed_by_another_recorder_is_told(exported, tmp_path):
    path, _made, _key = exported
    stranger = DeviceKey(Instance(tmp_path / "stranger"))
    (fault,) = verify_export(path, stranger.public).faults
    assert "another key" in fault


def test_an_export_of_before_the_key_was_changed_is_believed(exported):
    path, _made, key = exported
    first = key.public
    key.rotate()
    assert verify_export(path, first).faults == []
    assert verify_export(path, key.public).faults, "the manifest cannot know of a key that came later"


def test_missing_manifest_or_signature_are_told(exported):
    path, _made, key = exported
    Path(f"{path}.sig").unlink()
    assert any("signature" in one for one in verify_export(path, key.public).faults)
    Path(f"{path}.json").unlink()
    assert any("manifest" in one for one in verify_export(path, key.public).faults)


def test_a_renamed_copy_is_still_genuine(exported, tmp_path):
    path, _made, key = exported
    for suffix in ("", ".json", ".sig"):
        shutil.copy(f"{path}{suffix}", tmp_path / f"copy.mp4{suffix}")
    proof = verify_export(tmp_path / "copy.mp4", key.public)
    assert proof.faults == []
    assert path.name in proof.notes[0]


def test_openssl_agrees_about_the_signature(exported, tmp_path):
    path, _made, key = exported
    public = tmp_path / "evidence.pub"
    public.write_bytes(public_pem(key.public))
    asked = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(public), "-rawin", "-in", f"{path}.json"]
    asked += ["-sigfile", f"{path}.sig"]
    assert subprocess.run(asked, capture_output=True, check=False).returncode == 0
    flip(Path(f"{path}.json"), 100)
    assert subprocess.run(asked, capture_output=True, check=False).returncode != 0


def test_the_command_says_it_in_words(exported, tmp_path, capsys):
    path, _made, key = exported
    public = tmp_path / "evidence.pub"
    public.write_bytes(public_pem(key.public))
    main(["verify-export", str(path), "--public-key", str(public)])
    said = capsys.readouterr().out
    assert "The file is as it was exported." in said
    assert "by anna" in said
    flip(path, 2000)
    with pytest.raises(SystemExit, match="Faults found: 1"):
        main(["verify-export", str(path)])
    assert "were altered" in capsys.readouterr().out
