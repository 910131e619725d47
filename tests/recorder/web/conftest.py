import pytest

from tests.recorder.web.browsing import Web


@pytest.fixture
def web(tmp_path):
    with Web(tmp_path / "data") as found:
        yield found
