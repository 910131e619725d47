"""What a simulated camera is to a network: its MAC, which follows from its name."""

import hashlib


def camera_mac(camera: str) -> str:
    """The MAC of a simulated camera: locally administered, and the same wherever it is plugged in."""
    digest = hashlib.sha256(camera.encode()).digest()
    return ":".join(f"{byte:02x}" for byte in (2, *digest[:5]))
