import pytest

from tests.recorder.api.served import Served


@pytest.fixture
def served(tmp_path):
    with Served(tmp_path / "data") as found:
        yield found
