"""A field for a password that may be stored already: then dots stand for it, which the first key replaces."""

from gui.toolkit.text_field import TextField
from recorder.client.answers import MASK


class SecretField(TextField):
    """Sent back untouched, the dots leave the stored secret as it is."""

    def write(self, text: str) -> None:
        """Begin anew where only the dots stand."""
        if self.written == MASK:
            self.set("")
        super().write(text)

    def erase(self) -> None:
        """Take the dots away all at once: they are no characters."""
        if self.written == MASK:
            self.empty()
        else:
            super().erase()
