"""Voice files: what the recorder says."""

from urllib.parse import quote

from recorder.client import answers
from recorder.client.calls.carrier import Carrier


class VoiceCalls(Carrier):
    """Gives the recorder sounds."""

    def put_voice(self, name: str, wav: bytes) -> answers.VoiceTaken:
        """Send a sound, in place of the one that was there; its page is `voice-file` with this item."""
        kind = {"Content-Type": "audio/wav"}
        return self._send(answers.VoiceTaken, "PUT", f"/voices/{quote(name, safe='')}", headers=kind, content=wav)

    def found_sounds(self) -> list[answers.FoundBundle]:
        """Give the sound files on USB sticks."""
        return self._get(list[answers.FoundBundle], "/voices/found")

    def take_voice(self, name: str, found: str) -> answers.VoiceTaken:
        """Take the file of a stick with this id, in place of the sound that was there."""
        return self._send(
            answers.VoiceTaken, "POST", f"/voices/{quote(name, safe='')}/stick", {"id": found}, patient=True
        )
