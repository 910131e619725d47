"""Bundles made by RAUC, signed by authorities that OpenSSL makes: good ones, and each kind of bad one."""

import shutil
import subprocess
from pathlib import Path
from random import Random

BOARD = "nightjar-test"
CONFIGURATION = f"""[system]
compatible={BOARD}
bootloader=noop
bundle-formats=verity

[keyring]
path=release.pem
check-purpose=codesign
use-bundle-signing-time=true
"""


def run(*argv: object, moment: str = "") -> None:
    """Run a program, at another moment where one is given."""
    before = ["faketime", "-f", f"@{moment}"] if moment else []
    done = subprocess.run([*before, *map(str, argv)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class Authority:
    """One that signs certificates."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        folder.mkdir(parents=True, exist_ok=True)
        self.key, self.certificate = folder / f"{name}.key", folder / f"{name}.pem"
        self._key(self.key)
        run("openssl", "req", "-x509", "-new", "-key", self.key, "-out", self.certificate, "-days", 3650,
            "-subj", f"/O=Tests/CN={name}")  # fmt: skip

    def signer(self, name: str = "signer", use: str = "codeSigning", moment: str = "") -> tuple[Path, Path]:
        """A certificate and its key; `moment` is the day on which it was valid."""
        place = self.folder / f"{self.name}-{name}"
        key, request, certificate = (place.with_suffix(one) for one in (".key", ".csr", ".crt"))
        self._key(key)
        run("openssl", "req", "-new", "-key", key, "-subj", f"/O=Tests/CN={name}", "-out", request)
        extensions = place.with_suffix(".ext")
        extensions.write_text(
            f"basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage={use}\n"
            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
        )
        run("openssl", "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-set_serial", 7,
            "-days", 30, "-extfile", extensions, "-out", certificate, moment=moment)  # fmt: skip
        return certificate, key

    @staticmethod
    def _key(path: Path) -> None:
        run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)


def bundle(
    path: Path,
    signer: tuple[Path, Path],
    version: str = "1.4.2",
    board: str = BOARD,
    build: str = "",
    form: str = "verity",
    size: int = 900_000,
) -> Path:
    """A bundle of two images."""
    content = path.with_suffix(".d")
    shutil.rmtree(content, ignore_errors=True)
    content.mkdir()
    (content / "system.img").write_bytes(Random(version).randbytes(size))
    (content / "kernel.img").write_bytes(b"kernel" * 999)
    (content / "manifest.raucm").write_text(
        f"[update]\ncompatible={board}\nversion={version}\ndescription=What is new\nbuild={build}\n\n"
        f"[bundle]\nformat={form}\n\n[image.system]\nfilename=system.img\n\n[image.kernel]\nfilename=kernel.img\n"
    )
    path.unlink(missing_ok=True)
    run("rauc", f"--cert={signer[0]}", f"--key={signer[1]}", "bundle", content, path)
    shutil.rmtree(content)
    return path


def changed(path: Path, source: Path, at: int, by: int = 1) -> Path:
    """A copy with one bit changed; `at` counts from the end where it is negative."""
    data = bytearray(source.read_bytes())
    data[at] ^= by
    path.write_bytes(data)
    return path
