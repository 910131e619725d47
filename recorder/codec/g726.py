"""How G.726 is packed: RFC 3551 §4.5.4 from the least significant bit on, AAL2 (ITU-T I.366.2) from the most."""

BITS = (2, 3, 4, 5)
"""Per sample, for 16, 24, 32 and 40 kbit/s."""


def _mirrored(bits: int) -> bytes:
    """Give the table that turns the order of codes within a byte, for widths that fit into one evenly."""
    codes = range(0, 8, bits)
    mask = (1 << bits) - 1
    return bytes(sum((byte >> at & mask) << (8 - bits - at) for at in codes) for byte in range(256))


_TABLES = {2: _mirrored(2), 4: _mirrored(4)}


def from_aal2(data: bytes | memoryview, bits: int) -> bytes:
    """Pack anew, from AAL2's order to that of RFC 3551; what is less than a whole group of codes at the end is left."""
    if bits in _TABLES:
        return bytes(data).translate(_TABLES[bits])
    mask = (1 << bits) - 1
    out = bytearray()
    # Eight codes fill as many bytes as one has bits.
    for at in range(0, len(data) - len(data) % bits, bits):
        group = int.from_bytes(data[at : at + bits])
        turned = 0
        for number in range(8):
            turned |= (group >> (7 - number) * bits & mask) << number * bits
        out += turned.to_bytes(bits, "little")
    return bytes(out)
