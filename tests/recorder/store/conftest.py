import pytest

from tests.recorder.store.rig import Rig


@pytest.fixture
def rig(tmp_path):
    made = Rig(tmp_path)
    yield made
    made.finish()


@pytest.fixture
def rig_on(tmp_path):
    made = []

    def make(**options):
        made.append(Rig(tmp_path / str(len(made)), **options))
        return made[-1]

    yield make
    for one in made:
        one.finish()
