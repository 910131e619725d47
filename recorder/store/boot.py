"""Which boot of the kernel this is, as the store asks for it."""

from recorder.client.boot import read_boot_id

__all__ = ["read_boot_id"]
