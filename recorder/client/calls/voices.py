"""Voice files: what the recorder says."""

from urllib.parse import quote

from recorder.client import answers
from recorder.client.calls.carrier import Carrier


class VoiceCalls(Carrier):
    """Sends sounds to the recorder."""

    def put_voice(self, name: str, wav: bytes) -> answers.VoiceTaken:
        """Send a sound, in place of the one that was there; its page is `voice-file` with this item."""
        kind = {"Content-Type": "audio/wav"}
        return self._send(answers.VoiceTaken, "PUT", f"/voices/{quote(name, safe='')}", headers=kind, content=wav)
