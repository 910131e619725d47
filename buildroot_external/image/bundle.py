"""What an update installs: both files of a slot, in one signed RAUC bundle that is proved block by block."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .slot import Slot
from .tool import run

DAYS = "7300"
SIGNING = (
    "basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n"
    "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
)
"""What a certificate may: sign firmware, and nothing else."""


@dataclass(frozen=True)
class Signer:
    """Who signs: certificate, key, and the certificate that recorders believe, all PEM."""

    certificate: Path
    key: Path
    authority: Path
    development: bool = False
    permits: Path | None = None
    """The public key of who permits a recorder to go back to an older version; None: nobody may."""


@dataclass(frozen=True)
class Identity:
    """What a bundle is for, and of which version it is."""

    compatible: str
    version: str
    schema: int = 0
    """The format of its settings (recorder/update/backup.py)."""
    built: str = ""
    """When, as people read it, without a space."""


def development_signer(place: Path) -> Signer:
    """Give the signer of development builds, made with an authority of its own at the first build on this machine."""
    paths = (place / "signer.crt", place / "signer.key", place / "development.pem")
    signer = Signer(*paths, development=True, permits=place / "permits.pem")
    if signer.certificate.exists():
        # A folder of before there were permits has none: recorders go on to believe its signer.
        _make_permits(place)
        return signer
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.chmod(0o700)
    name = "/O=Nightjar/CN=Nightjar development"
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    authority = place / "authority.key"
    run("openssl", "req", "-x509", *key, "-keyout", authority, "-out", signer.authority, "-days", DAYS, "-subj", name)
    request, about = place / "request", place / "about"
    about.write_text(SIGNING)
    run("openssl", "req", *key, "-keyout", signer.key, "-out", request, "-subj", f"{name} signer")
    by = ("-CA", signer.authority, "-CAkey", authority, "-set_serial", "1", "-days", DAYS, "-extfile", about)
    fresh = place / "fresh.crt"
    run("openssl", "x509", "-req", "-in", request, *by, "-out", fresh)
    _make_permits(place)
    for one in (authority, signer.key):
        one.chmod(0o600)
    # The certificate last: a build that was broken off begins anew.
    fresh.rename(signer.certificate)
    return signer


def _make_permits(place: Path) -> None:
    """Make the key of who permits older versions, unless it is there; of a lost half the other is made anew."""
    key, public = place / "permits.key", place / "permits.pem"
    if not key.exists():
        public.unlink(missing_ok=True)
        # Begun as its owner's alone: the key is never to be read by others, not for a moment.
        fresh = place / "permits.new"
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", fresh)
        fresh.rename(key)
    if not public.exists():
        run("openssl", "pkey", "-in", key, "-pubout", "-out", public)


def make(slot: Slot, identity: Identity, signer: Signer, out: Path) -> None:
    """Write the bundle; raises `CannotBuild`."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix="bundle.") as name:
        place = Path(name) / "content"
        place.mkdir()
        for source, called in ((slot.kernel, "kernel.img"), (slot.system.path, "system.img")):
            try:
                os.link(source, place / called)
            except OSError:
                shutil.copy(source, place / called)
        (place / "manifest.raucm").write_text(manifest(identity))
        out.unlink(missing_ok=True)
        signing = (f"--cert={signer.certificate}", f"--key={signer.key}")
        # The system is packed already: to pack it again takes a minute and gains nothing.
        run("rauc", "bundle", *signing, "--mksquashfs-args=-noD -noF -noX -no-progress", place, out)


def manifest(identity: Identity) -> str:
    """Say what is in it. What RAUC 1.8 has no words for stands in `build`."""
    build = [*([identity.built] if identity.built else []), f"schema={identity.schema}"]
    lines = [
        *(
            "[update]",
            f"compatible={identity.compatible}",
            f"version={identity.version}",
            f"build={' '.join(build)}",
            "",
        ),
        *("[bundle]", "format=verity", ""),
        *("[image.kernel]", "filename=kernel.img", ""),
        *("[image.system]", "filename=system.img", ""),
    ]
    return "\n".join(lines)
