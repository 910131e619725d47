"""Programs that answer from a script."""

from hal.errors import Offline
from hal.machine import Ended


class Programs:
    """`answers` maps the words of a command to what it says, or to a function of it; anything else fails."""

    def __init__(self, answers=None):
        self.answers = answers or {}
        self.asked = []
        self.gone = False

    def __call__(self, argv, _timeout_s):
        assert all(isinstance(word, str) for word in argv)
        if self.gone:
            raise Offline(f"{argv[0]} is not installed")
        command = " ".join(argv)
        self.asked.append(command)
        answer = self.answers.get(command)
        if callable(answer):
            answer = answer()
        if answer is None:
            return Ended(1, b"", "no")
        return Ended(0, answer.encode() if isinstance(answer, str) else answer, "")
