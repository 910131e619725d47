"""QR codes as rows of dots, for a screen and a browser to draw."""


def qr_rows(text: str) -> tuple[str, ...]:
    """Give the QR code of a text (ISO/IEC 18004, error correction M), row by row, `1` where it is dark."""
    import segno

    made = segno.make_qr(text, error="m")
    return tuple("".join("1" if dot else "0" for dot in row) for row in made.matrix)
