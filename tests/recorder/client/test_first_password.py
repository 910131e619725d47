"""Whoever sets the first password is waited for: made codes and passwords take a slow processor its time."""

from pathlib import Path

import pytest

from recorder.client.api import ApiClient
from recorder.client.calls import carrier
from recorder.client.errors import Unavailable


def test_the_first_password_is_waited_for_longer_than_what_is_answered_at_once(monkeypatch):
    waited = []

    def ask(_path, _method, target, _body, _headers, timeout_s):
        waited.append((target.rpartition("/")[2], timeout_s))
        raise Unavailable(process="control")

    monkeypatch.setattr(carrier, "open_request", ask)
    api = ApiClient(Path("nowhere"))
    for call in (lambda: api.set_up("quiet night 7"), api.setup_state):
        with pytest.raises(Unavailable):
            call()
    assert waited == [("setup", carrier.PATIENT_S), ("setup", api.timeout_s)]
    assert api.timeout_s < carrier.PATIENT_S
