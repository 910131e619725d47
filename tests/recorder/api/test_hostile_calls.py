"""No call that fits the OpenAPI, or just does not, is a fault of the recorder: schemathesis makes calls up from it."""

import contextlib
from collections import Counter

import pytest
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.recorder.api.made_up import MODES, MadeUp, furnish
from tests.recorder.api.served import Served

pytestmark = pytest.mark.long

EACH = {GenerationMode.POSITIVE: 1, GenerationMode.NEGATIVE: 1}
"""Calls of each operation: all together some twenty seconds of a core. `make fuzz` goes on where this ends."""
ENOUGH = 200
"""Of one kind."""


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """A recorder with a camera and a user, and nothing beside control."""
    with Served(tmp_path_factory.mktemp("hostile") / "data") as served:
        furnish(served)
        found = MadeUp(served)
        yield found
        found.close()


@pytest.mark.parametrize("mode", MODES)
def test_whatever_is_called_is_answered_and_no_answer_is_a_fault_of_ours(made_up, mode):
    faults, answered = [], Counter()

    def take(case, answer):
        answered[answer.status_code] += 1
        if answer.status_code == 500:
            faults.append((case.as_curl_command(), answer.text))

    for operation in made_up.operations:
        # What takes nothing, or anything, cannot be asked wrongly.
        with contextlib.suppress(Unsatisfiable):
            made_up.asker(operation, mode, take, EACH[mode])()
    assert faults == []
    assert answered.total() > ENOUGH
    # Most calls are judged by what is in them, and not by who makes them.
    assert answered[403] < ENOUGH / 4
    assert {200, 422} <= answered.keys()
