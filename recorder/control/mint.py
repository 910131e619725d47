"""Signs what somebody may see, and makes void what was signed before when somebody may less."""

import threading
from dataclasses import replace

from recorder.client import grants
from recorder.client.grants import Grant
from recorder.client.instance import Instance


class Mint:
    """The one that has the private key (`recorder.client.grants`). Safe from any thread."""

    def __init__(self, instance: Instance) -> None:
        self._key = grants.private_key(instance)
        self._generation = grants.Generation(instance)
        self._lock = threading.Lock()

    def sign(self, grant: Grant) -> str:
        """Give the token of a grant, of the generation that counts."""
        return grants.mint(replace(grant, generation=self._generation.now()), self._key)

    def void(self) -> None:
        """Make all grants void."""
        with self._lock:
            self._generation.next()
